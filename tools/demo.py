"""The Polish demo company, ready to send: runs in Odoo's shell, once at each start.

Its KSeF token is got as on the ministry's test environment: a self-signed certificate logs in
and generates it. The simulator forgets everything when it ends, so each start has a new token.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..ksef.client import Client
from ..ksef.codes import Outcome
from ..ksef.environment import Environment, local
from ..ksef.messages import Context
from .certificate import self_signed_seal
from .logins import ACCOUNTANT

COMPANY = "base.demo_company_pl"
ADDRESS = {"street": "ul. Opawska 12", "zip": "47-400", "city": "Racibórz"}
PERMISSIONS = ("InvoiceRead", "InvoiceWrite", "Introspection")
BUYERS = (
    ("Hurtownia Wzorcowa sp. z o.o.", "9990000014", "ul. Papiernicza 4", "30-001", "Kraków"),
    ("Zakład Stolarski Przykład s.c.", "9990001025", "ul. Dębowa 17/2", "61-001", "Poznań"),
    ("Drukarnia Pokazowa S.A.", "9990002036", "al. Czcionki 9", "80-001", "Gdańsk"),
)
# What is sold: quantity, net price, and the tax's name in Odoo's Polish chart
LINES = (
    ("Papier ksero A4, ryza", 40, 18.50, "vs_kraj_23"),
    ("Podręcznik księgowości", 2, 89.00, "vs_kraj_5"),
    ("Konsultacja, godzina", 3, 220.00, "vs_kraj_usl_23"),
)
JOURNAL = "FV"
WAITING = 3  # posted invoices that are there to be sent, at each start
PATIENCE = 30  # seconds for one step of KSeF
# Crons of Odoo that would call services outside.
OUTSIDE_CRONS = ("mail.ir_cron_module_update_notification",)


def main(env: Any) -> None:
    """Connect the company, and see that there are an accountant and invoices to send."""
    company = connect(env)
    env.ref("base.user_admin").company_id = company
    _ensure_invoices(env(context={**env.context, "allowed_company_ids": company.ids}), company)


def connect(env: Any) -> Any:
    """The demo company with its address, a token that KSeF takes, and an accountant."""
    company = env.ref(COMPANY)
    company.partner_id.write(ADDRESS)
    nip = company._ksef_nip()
    _connect(company, _token(local(os.environ["KSEF_SIMULATOR_URL"]), nip, company.name))
    _ensure_accountant(env, company)
    for cron in OUTSIDE_CRONS:
        env.ref(cron).active = False
    return company


def _connect(company: Any, token: str) -> None:
    company.sudo().write(
        {
            "ksef_is_enabled": True,
            "ksef_environment": "local",
            "ksef_local_url": os.environ["KSEF_SIMULATOR_URL"],
            "ksef_auth_method": "token",
            "ksef_token": token,
        }
    )


def _token(environment: Environment, nip: str, name: str) -> str:
    """Log in with a seal, generate a token, and wait until KSeF takes it."""
    with Client(environment) as anonymous:
        client = anonymous.with_access_token(_access_token(anonymous, nip, name))
        generated = client.generate_token(PERMISSIONS, "KSeF for Odoo: demo company")
        _wait("token", lambda: client.token_status(generated.reference_number).is_active)
        return generated.token


def _access_token(client: Client, nip: str, name: str) -> str:
    now = datetime.now(timezone.utc)
    started = client.authenticate_with_certificate(
        self_signed_seal(nip, name, now), Context(type="Nip", value=nip), now=now
    )
    _wait("login", lambda: client.authentication_status(started).outcome is Outcome.ACCEPTED)
    return client.redeem(started.authentication_token.value).access_token.value


def _wait(what: str, is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"KSeF has not finished the {what} in {PATIENCE} s")
        time.sleep(0.2)


def _ensure_accountant(env: Any, company: Any) -> None:
    """An accountant as they are in real life: accounting rights, never the administrator's."""
    users = env["res.users"].with_context(no_reset_password=True)
    user = users.search([("login", "=", ACCOUNTANT.name)]) or users.create(
        {
            "name": "Księgowość",
            "login": ACCOUNTANT.name,
            "company_id": company.id,
            "company_ids": company.ids,
        }
    )
    names = ("base.group_user", "base.group_partner_manager", "account.group_account_basic")
    groups = env["res.groups"].concat(*map(env.ref, names))
    preferences = {"lang": "pl_PL", "tz": "Europe/Warsaw"}
    user.write({"password": ACCOUNTANT.password, "group_ids": [(6, 0, groups.ids)], **preferences})


def _ensure_invoices(env: Any, company: Any) -> None:
    waiting = env["account.move"].search_count(
        [
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("ksef_state", "=", "to_send"),
        ]
    )
    journal = _ensure_journal(env, company)
    for buyer in BUYERS[: max(0, WAITING - waiting)]:
        _invoice(env, journal, _ensure_buyer(env, *buyer)).action_post()


def _ensure_journal(env: Any, company: Any) -> Any:
    """Invoices are numbered as in Poland: FV/2026/00001."""
    of_sales = [("type", "=", "sale"), ("company_id", "=", company.id)]
    journals = env["account.journal"].search(of_sales)
    return journals.filtered(lambda journal: journal.code == JOURNAL) or journals.create(
        {
            "name": "Faktury sprzedaży",
            "code": JOURNAL,
            "type": "sale",
            "company_id": company.id,
            "sequence": 0,
            "default_account_id": journals[0].default_account_id.id,
        }
    )


def _ensure_buyer(env: Any, name: str, nip: str, street: str, postcode: str, city: str) -> Any:
    partners = env["res.partner"]
    return partners.search([("vat", "=", f"PL{nip}")], limit=1) or partners.create(
        {
            "name": name,
            "vat": f"PL{nip}",
            "is_company": True,
            "street": street,
            "zip": postcode,
            "city": city,
            "country_id": env.ref("base.pl").id,
            "lang": "pl_PL",
        }
    )


def _invoice(env: Any, journal: Any, buyer: Any) -> Any:
    today = env["account.move"]._fields["invoice_date"].context_today(env["account.move"])
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "journal_id": journal.id,
            "partner_id": buyer.id,
            "invoice_date": today,
            "invoice_line_ids": [(0, 0, line_values(journal.company_id, *line)) for line in LINES],
        }
    )


def line_values(company: Any, name: str, quantity: int, price: float, tax: str) -> Any:
    """Values of a line with one tax of the Polish chart."""
    tax_id = company.env.ref(f"account.{company.id}_{tax}").id
    return {"name": name, "quantity": quantity, "price_unit": price, "tax_ids": [(6, 0, [tax_id])]}
