"""Values of a document in words, in one language, whether it is installed or not."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol

from odoo.tools.translate import LazyTranslate

from ...ksef.fa3.view import Kind
from .codes import CODES
from .labels import LABELS

_lt = LazyTranslate(__name__)

WARSAW = ZoneInfo("Europe/Warsaw")
YES, NO = _lt("Yes"), _lt("No")
SMALLEST = {Kind.MONEY: 2, Kind.PRICE: 2}  # digits behind the point that are always shown
NUMBERS = (Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT)
# Codes that accountants know by heart stand before their words; of the others the words suffice.
SHOWN_CODES = ("TypKorekty", "GTU", "GTUZ", "Procedura", "ProceduraZ", "P_12", "P_12Z")
RATES = ("P_12", "P_12Z")


class Wording:
    """Words, dates and numbers of one language; it asks nothing of the database."""

    def __init__(self, lang):
        self.lang = lang
        self.locale = _find_locale(lang)
        self._point = get_decimal_symbol(self.locale)
        self._gap = get_group_symbol(self.locale)

    def translate(self, text):
        return text._translate(self.lang)

    def label(self, name):
        """What an element is called; its own name if nobody has given it another."""
        return self.translate(LABELS[name]) if name in LABELS else name

    def say(self, value):
        """Return the value of an element for people."""
        speakers = {
            Kind.FLAG: lambda: self.translate(YES),
            Kind.YES_NO: lambda: self.translate(YES if value.content else NO),
            Kind.DAY: lambda: _format_day(value.content, self.locale),
            Kind.MOMENT: lambda: self._say_moment(value),
            Kind.TEXT: lambda: self._say_text(value),
        }
        if value.kind in speakers:
            return speakers[value.kind]()
        number = self._say_number(value)
        return f"{number}%" if value.kind is Kind.PERCENT else number

    def say_in_currency(self, value, currency):
        """As `say`, with the currency behind an amount: that of the document, or PLN."""
        text = self.say(value)
        if value.kind not in (Kind.MONEY, Kind.PRICE):
            return text
        return f"{text}\N{NO-BREAK SPACE}{'PLN' if value.name.endswith('W') else currency}"

    def say_shortly(self, value):
        """As `say`, for a cell of a table: codes without words."""
        if value.name not in RATES:
            return self.say(value)
        return f"{value.text}%" if value.text.isdigit() else value.text

    def find_words(self, value):
        """Return the words of a code, empty for all else."""
        words = CODES.get(value.name, {}).get(value.text)
        return self.translate(words) if words else ""

    def _say_text(self, value):
        if value.name == "KodKraju":
            country = self.locale.territories.get(value.text)
            return f"{country} ({value.text})" if country else value.text
        words = self.find_words(value)
        if words and value.name in SHOWN_CODES:
            return f"{value.text} – {words}"
        return words or value.text

    def _say_number(self, value):
        """All digits that the document has, and never fewer than its kind demands."""
        whole, _, fraction = f"{value.content:,f}".partition(".")
        fraction = fraction.ljust(SMALLEST.get(value.kind, 0), "0")
        whole = whole.replace(",", self._gap)
        return f"{whole}{self._point}{fraction}" if fraction else whole

    def _say_moment(self, value):
        """By the clock of Warsaw; a moment without zone is as it is written."""
        moment = value.content
        try:
            if moment.tzinfo:
                moment = moment.astimezone(WARSAW).replace(tzinfo=None)
        except OverflowError:
            return value.text
        return format_datetime(moment, "medium", locale=self.locale)


@lru_cache(maxsize=1024)
def _format_day(day, locale):
    return format_date(day, "medium", locale=locale)


def _find_locale(lang):
    try:
        return Locale.parse(lang)
    except (UnknownLocaleError, ValueError):
        return Locale("en")
