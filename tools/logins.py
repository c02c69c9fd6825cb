"""Who signs in to the demo database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user's name for signing in, and a password that is no secret."""

    name: str
    password: str


ACCOUNTANT = Login(name="ksiegowa", password="ksiegowa")
ADMINISTRATOR = Login(name="admin", password="admin")  # Odoo's own
