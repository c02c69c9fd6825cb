from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_is_document_mailed = fields.Boolean(
        string="Attach the FA(3) document",
        help="The XML file that KSeF has goes with the e-mails to buyers.",
    )
    ksef_is_upo_mailed = fields.Boolean(
        string="Attach the UPO",
        help="The official receipt goes with the e-mails to buyers, which wait for it.",
    )

    def _ksef_mail_kinds(self):
        """Which files of KSeF go with e-mails by default: of `document`, `upo`."""
        kinds = {"document": self.ksef_is_document_mailed, "upo": self.ksef_is_upo_mailed}
        return {kind for kind, is_wished in kinds.items() if is_wished}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_is_document_mailed = fields.Boolean(
        related="company_id.ksef_is_document_mailed", readonly=False
    )
    ksef_is_upo_mailed = fields.Boolean(related="company_id.ksef_is_upo_mailed", readonly=False)
