from lxml import etree

from odoo import models

from ...ksef import number as ksef_numbers
from ...ksef.bill.facts import Form, form_of
from ..account_move_bill import BILL_TYPES

FILE_TYPE = "account_ksef.faktura"
READ_HERE = (Form.FA3, Form.FA2, Form.FA_RR)  # PEF is UBL, which Odoo reads itself
PRIORITY = 40  # above those of other decoders, which know less of it


class AccountMove(models.Model):
    """Files that are dropped on a journal or mailed to it take the path of KSeF's own."""

    _inherit = "account.move"

    def _get_import_file_type(self, file_data):
        found = super()._get_import_file_type(file_data)
        if found and not (self.company_id or self.env.company).ksef_is_enabled:
            return found
        return FILE_TYPE if _is_faktura(file_data["xml_tree"]) else found

    def _get_edi_decoder(self, file_data, new=False):
        if file_data["import_file_type"] == FILE_TYPE and self._ksef_takes_files():
            return {"priority": PRIORITY, "decoder": _decode}
        return super()._get_edi_decoder(file_data, new)

    def _ksef_takes_files(self):
        """Sales have documents of their own making only."""
        move_type = self.move_type or self.env.context.get("default_move_type")
        return move_type in BILL_TYPES

    def _ksef_decode(self, file_data):
        """Read a file into this bill; return why not, None if all went well."""
        reader = self.env["ksef.bill.reader"]
        number = self._ksef_number_of_file(file_data)
        if self.invoice_line_ids:
            return self._ksef_tie_file(reader, file_data, number)
        reading = reader._fill_bill(self, file_data["raw"], ksef_number=number)
        return None if reading.move else " ".join(reading.reasons)

    def _ksef_number_of_file(self, file_data):
        """KSeF names the files of its packages after the number."""
        found = ksef_numbers.find(file_data["name"] or "")
        is_free = found and not (self._ksef_bills_numbered([found]) - self)
        return found if is_free and ksef_numbers.is_valid(found) else ""

    def _ksef_tie_file(self, reader, file_data, number):
        """A document that is put on a bill of the same vendor and reference belongs to it."""
        facts = reader._facts(file_data["raw"])
        if self.ksef_document_hash or not reader._is_exact_twin(self, facts):
            return self._reason_cannot_decode_has_invoice_lines()
        reader._tie(self, file_data["raw"], number or None)
        return None


def _is_faktura(tree):
    return isinstance(tree, etree._Element) and form_of(tree) in READ_HERE


def _decode(move, file_data, _new):
    return move._ksef_decode(file_data)
