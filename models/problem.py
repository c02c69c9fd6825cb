"""What stands in the way of sending a document, found before anything leaves the house."""

import re
from dataclasses import dataclass
from typing import Any

_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to correct or to look at, in the words of the user's language.

    `code` is that of the rule: E-… forbids sending, W-… warns. `record` and `field` are where
    the user mends it (`field` may be empty), `message` says what is wrong and why it matters,
    `remedy` what to do.
    """

    code: str
    record: Any
    field: str = ""
    message: str
    remedy: str

    @property
    def is_blocking(self):
        return self.code.startswith("E")

    @property
    def fact(self):
        """What people acknowledge, in any language: the place, and the figures of the message."""
        figures = sorted(_FIGURES.findall(self.message))
        return " ".join([f"{self.record._name},{self.record.id}", self.field, *figures])
