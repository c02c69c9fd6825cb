"""A rendered report as a telephone sees it: pages on paper, and the QR codes on them."""

import io
from dataclasses import dataclass

import pypdfium2
import zxingcpp

OFFICE_PRINT = 200  # dots per inch of a plain print or scan
MILLIMETRES = 25.4  # of an inch


@dataclass(frozen=True, kw_only=True)
class ScannedCode:
    """`text` is what is in the code, `module` the width of its modules on paper, in mm."""

    text: str
    module: float


def scan(pdf, dots_per_inch=OFFICE_PRINT):
    """Return the QR codes on all pages of a PDF, from left to right."""
    codes = []
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        picture = page.render(scale=dots_per_inch / 72).to_pil()
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        ordered = sorted(found, key=lambda code: code.position.top_left.x)
        codes += [_scanned(code, dots_per_inch) for code in ordered]
    return codes


def _scanned(code, dots_per_inch):
    corners = code.position
    pixels = corners.top_right.x - corners.top_left.x
    return ScannedCode(
        text=code.text, module=pixels / dots_per_inch * MILLIMETRES / _modules(code.text)
    )


def _modules(text):
    """At most so many modules has a code with this text in Odoo's print, quiet zone not counted."""
    return 85 if len(text) > 300 else 61 if len(text) > 150 else 49
