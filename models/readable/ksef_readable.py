import logging

from markupsafe import Markup

from odoo import api, models
from odoo.tools import file_open
from odoo.tools.translate import LazyTranslate

from ...ksef.errors import InvalidDocument
from ...ksef.fa3 import view
from .sheet import SheetWriter

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

# KSeF takes 3 MB at most; what is far beyond is no invoice.
MAX_BYTES = 12_000_000
# Past this many characters the indented XML helps nobody on a screen.
MAX_CHARACTERS = 300_000
STYLE_SHEET = "account_ksef/static/src/readable/readable.css"

UNREADABLE = _lt("This file cannot be shown")
NO_XML = _lt(
    "It is not well-formed XML, or it has a document type declaration (DOCTYPE), which is refused "
    "because it may be used for attacks. Download the original file and ask its sender for the "
    "right one."
)
TOO_LARGE = _lt(
    "It is larger than any invoice that KSeF takes. Download the original file to look at it."
)
DEFECT = _lt(
    "An error inside Odoo stopped it. Download the original file to look at it; your "
    "administrator finds the details in the server's log."
)


class KsefReadable(models.AbstractModel):
    """Shows any FA(3) document to people: ours, a supplier's, a broken one, a hostile one.

    Each filled element appears once, with its Polish or English name. All methods take the bytes
    of the file and never raise because of them: what cannot be shown gives a page that says why.

    `lang` is `"pl_PL"` or any other language, also one that is not installed; without it that of
    the user counts. What has no translation is English.
    """

    _name = "ksef.readable"
    _description = "Readable view of FA(3) documents"

    @api.model
    def _html(self, document, *, lang=None, ksef_number="", row_limit=None):
        """Return the document as `Markup` for the backend, whose assets hold its style sheet.

        `row_limit` ends long tables and says how many rows are left out; without it all are there.
        """
        lang = lang or self.env.lang or "en_US"
        try:
            if len(document) > MAX_BYTES:
                return self._fallback(TOO_LARGE, lang)
            sheet = SheetWriter(lang, row_limit).compose(view.lay_out(document), ksef_number)
        except InvalidDocument:
            return self._fallback(NO_XML, lang)
        except Exception:  # a stranger's document must not stop a person's work
            _logger.exception("A document cannot be shown")
            return self._fallback(DEFECT, lang)
        return self.env["ir.qweb"].sudo()._render("account_ksef.readable", {"sheet": sheet})

    @api.model
    def _pdf(self, document, *, lang=None, ksef_number=""):
        """Return the document as a PDF on A4, complete.

        :raises UserError: if the server has no wkhtmltopdf, or it fails
        """
        return (
            self.env["ir.actions.report"]
            .sudo()
            ._run_wkhtmltopdf(
                [self._page(document, lang=lang, ksef_number=ksef_number)],
                report_ref="account_ksef.action_report_preview",
            )
        )

    @api.model
    def _page(self, document, *, lang=None, ksef_number=""):
        """Return the document as a page of HTML that needs nothing beside itself."""
        with file_open(STYLE_SHEET) as style_sheet:
            values = {
                "body": self._html(document, lang=lang, ksef_number=ksef_number),
                "lang": (lang or self.env.lang or "en_US")[:2],
                "style": Markup(style_sheet.read()),  # noqa: S704 (our own file)
            }
        page = self.env["ir.qweb"].sudo()._render("account_ksef.readable_page", values)
        return f"<!DOCTYPE html>\n{page}"

    @api.model
    def _indented(self, document):
        """Return the XML with one element a line, cut where it is too long to be read.

        Empty for what is no XML.
        """
        try:
            text = view.indent(document) if len(document) <= MAX_BYTES else ""
        except InvalidDocument:
            return ""
        return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}\n…"

    def _fallback(self, reason, lang):
        values = {
            "title": UNREADABLE._translate(lang),
            "reason": reason._translate(lang),
        }
        return self.env["ir.qweb"].sudo()._render("account_ksef.unreadable", values)
