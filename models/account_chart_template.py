from odoo import models
from odoo.addons.account.models.chart_template import template

from .account_tax import CHART_VALUES


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @template("pl", "account.tax")
    def _get_ksef_pl_account_tax(self):
        """Rate codes for the taxes of a Polish chart that is loaded after us."""
        return {name: dict(values) for name, values in CHART_VALUES.items()}
