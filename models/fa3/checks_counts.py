from dataclasses import dataclass

from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Entries of one kind. `name` stands in "20000 lines"; `field` of the invoice holds them."""

    name: str
    field: str = "invoice_line_ids"


# By path, as the schema limits them
CROWDS = {
    "Podmiot3": Crowd(name=_lt("third parties"), field="ksef_party_ids"),
    "Fa/WZ": Crowd(name=_lt("delivery notes")),
    "Fa/Adnotacje/NoweSrodkiTransportu/NowySrodekTransportu": Crowd(
        name=_lt("new means of transport"), field="ksef_new_transport_ids"
    ),
    "Fa/DaneFaKorygowanej": Crowd(
        name=_lt("corrected invoices"), field="ksef_corrected_document_ids"
    ),
    "Fa/ZaliczkaCzesciowa": Crowd(name=_lt("advances received"), field="ksef_partial_advance_ids"),
    "Fa/DodatkowyOpis": Crowd(name=_lt("additional descriptions")),
    "Fa/FakturaZaliczkowa": Crowd(name=_lt("advance invoices")),
    "Fa/FaWiersz": Crowd(name=_lt("lines")),
    "Fa/Rozliczenie/Obciazenia": Crowd(name=_lt("charges beside the sale")),
    "Fa/Rozliczenie/Odliczenia": Crowd(name=_lt("deductions beside the sale")),
    "Fa/Platnosc/ZaplataCzesciowa": Crowd(name=_lt("payments"), field="payment_state"),
    "Fa/Platnosc/TerminPlatnosci": Crowd(name=_lt("due dates"), field="invoice_payment_term_id"),
    "Fa/WarunkiTransakcji/Zamowienia": Crowd(name=_lt("orders")),
    "Fa/WarunkiTransakcji/NrPartiiTowaru": Crowd(name=_lt("lots")),
    "Fa/WarunkiTransakcji/Transport": Crowd(name=_lt("transports"), field="ksef_transport_ids"),
    "Fa/WarunkiTransakcji/Transport/WysylkaPrzez": Crowd(
        name=_lt("places on the way of a transport"), field="ksef_transport_ids"
    ),
    "Fa/Zamowienie/ZamowienieWiersz": Crowd(name=_lt("lines of the order")),
}


class KsefFa3ChecksCounts(models.AbstractModel):
    """More entries than the schema takes, told in the words of who entered them."""

    _inherit = "ksef.fa3"

    def _explain(self, invoice, problem):
        """Rows of a correction count twice where they show what was before and what is after."""
        crowd = CROWDS.get(problem.path)
        if problem.code != "E-CNT-01" or not crowd:
            return super()._explain(invoice, problem)
        return self._problem(
            invoice,
            code=problem.code,
            field=crowd.field,
            message=self.env._(
                "the invoice has %(count)s %(name)s; KSeF takes %(limit)s at most.",
                count=problem.value,
                name=self.env._(crowd.name),
                limit=problem.expected,
            ),
            remedy=self.env._("Split the invoice into several."),
        )
