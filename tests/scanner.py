"""A rendered report as a telephone sees it: pages on paper, and the QR codes on them."""

import io
from dataclasses import dataclass

import pypdfium2
import zxingcpp

OFFICE_PRINT = 200  # dots per inch of a plain print or scan
MILLIMETRES = 25.4  # of an inch
DARK = 128  # grey below which a pixel is ink
EDGE = 2  # pixels by which the corners that a reader reports may be off


@dataclass(frozen=True, kw_only=True)
class ScannedCode:
    """`text` is what is in the code, `module` the width of its modules on paper, in mm.

    `quiet_zone` is the width of the white around it, in modules: ISO/IEC 18004 asks for four.
    """

    text: str
    module: float
    quiet_zone: float


def scan(pdf, dots_per_inch=OFFICE_PRINT):
    """Return the QR codes on all pages of a PDF, from left to right."""
    codes = []
    for page in pypdfium2.PdfDocument(io.BytesIO(pdf)):
        picture = page.render(scale=dots_per_inch / 72).to_pil().convert("L")
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        ordered = sorted(found, key=lambda code: code.position.top_left.x)
        codes += [_scanned(code, picture, dots_per_inch) for code in ordered]
    return codes


def _scanned(code, picture, dots_per_inch):
    corners = code.position
    pixels = (corners.top_right.x - corners.top_left.x) / _modules(code.text)
    return ScannedCode(
        text=code.text,
        module=pixels / dots_per_inch * MILLIMETRES,
        quiet_zone=_white_around(picture, corners) / pixels,
    )


def _modules(text):
    """At most so many modules has a code with this text in Odoo's print, quiet zone not counted."""
    return 85 if len(text) > 300 else 61 if len(text) > 150 else 49


def _white_around(picture, corners):
    """Pixels from the nearest edge of a code to the next ink."""
    left, top = corners.top_left.x, corners.top_left.y
    right, bottom = corners.bottom_right.x, corners.bottom_right.y
    rays = [(left - EDGE, y, -1, 0) for y in range(top, bottom)]
    rays += [(right + EDGE, y, 1, 0) for y in range(top, bottom)]
    rays += [(x, top - EDGE, 0, -1) for x in range(left, right)]
    rays += [(x, bottom + EDGE, 0, 1) for x in range(left, right)]
    return EDGE + min(_white_from(picture, *ray) for ray in rays)


def _white_from(picture, x, y, step_x, step_y):
    """White pixels in a direction, up to the next ink or the end of the page."""
    count = 0
    while 0 <= x < picture.width and 0 <= y < picture.height and picture.getpixel((x, y)) > DARK:
        x, y, count = x + step_x, y + step_y, count + 1
    return count
