"""What stands in the way of sending a document, found before anything leaves the house."""

from dataclasses import dataclass
from typing import Any


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
