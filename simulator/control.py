"""The control API: what a test may see and do behind the authority's back.

It is no part of the imitation: other paths, no login, no limits, plain JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from .answers import Answer, json_answer
from .authority import Authority
from .call import Incoming
from .clock import read_moment, wire_moment
from .deposits import deposit
from .faults import Fault
from .keys import USAGES
from .latarnia import Beacon, announce
from .limits import PRODUCTION, Windows
from .permissions import SELF_INVOICING, TAX_REPRESENTATIVE, grant, new_grant_id
from .state import Grant, Identifier, SessionInvoice
from .tokens import TokenWish, create_token

PREFIX = "/control"
AUTHORIZATIONS = (SELF_INVOICING, TAX_REPRESENTATIVE)
_DONE = Answer(status=204)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One request to the control API: what follows the name in the path, and the JSON body."""

    authority: Authority
    rest: str
    values: Mapping[str, Any]


def handle_control(authority: Authority, incoming: Incoming) -> Answer:
    """Answers 400 with the reason for what it does not understand: only tests see it."""
    name, _, rest = incoming.path.removeprefix(f"{PREFIX}/").partition("/")
    handler = _HANDLERS.get((incoming.method, name if not rest else f"{name}/*"))
    if handler is None:
        return json_answer({"error": f"no such control: {incoming.method} {incoming.path}"}, 404)
    try:
        values = json.loads(incoming.content) if incoming.content else {}
        return handler(Command(authority=authority, rest=rest, values=values))
    except (KeyError, TypeError, ValueError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, 400)


def _list_documents(command: Command) -> Answer:
    state = command.authority.state
    with state.lock:
        return json_answer([_document(invoice) for invoice in state.documents])


def _document(invoice: SessionInvoice) -> dict[str, object]:
    """The truth about a document, also while the API still says "in progress"."""
    facts = invoice.facts
    return {
        "ksefNumber": invoice.ksef_number,
        "correctedHash": invoice.corrected_hash,
        "invoiceNumber": None if facts is None else facts.invoice_number,
        "sellerNip": None if facts is None else facts.seller_nip,
        "invoiceHash": invoice.invoice_hash,
        "status": 100 if invoice.verdict is None else invoice.verdict.code,
        "details": [] if invoice.verdict is None else list(invoice.verdict.details),
        "sessionReferenceNumber": invoice.session.reference_number,
        "referenceNumber": invoice.reference_number,
        "invoicingMode": invoice.invoicing_mode,
    }


def _show_document(command: Command) -> Answer:
    wanted = _urlsafe(command.rest)
    for invoice_hash, invoices in command.authority.state.by_hash.items():
        if _urlsafe(invoice_hash) == wanted:
            content = invoices[-1].content
            return Answer(status=200, content=content, content_type="application/xml")
    return json_answer({"error": "no such document"}, 404)


def _urlsafe(text: str) -> str:
    """Both Base64 alphabets, with or without padding, become one."""
    return text.replace("+", "-").replace("/", "_").rstrip("=")


def _arm_fault(command: Command) -> Answer:
    values = command.values
    command.authority.faults.arm(
        Fault(
            name=values["name"],
            operation=values.get("operation"),
            times=values.get("times", 1),
            options=values.get("options") or {},
        )
    )
    return _DONE


def _list_faults(command: Command) -> Answer:
    return json_answer([asdict(fault) for fault in command.authority.faults.armed()])


def _clear_faults(command: Command) -> Answer:
    command.authority.faults.clear()
    return _DONE


def _set_clock(command: Command) -> Answer:
    clock = command.authority.clock
    if command.values.get("reset"):
        clock.reset()
    elif "now" in command.values:
        clock.set(read_moment(command.values["now"]))
    else:
        clock.shift(timedelta(seconds=command.values["shift_seconds"]))
    return _show_clock(command)


def _show_clock(command: Command) -> Answer:
    return json_answer({"now": wire_moment(command.authority.clock.now())})


def _issue_token(command: Command) -> Answer:
    """A KSeF token out of nothing, with any status: usable without anybody logging in first."""
    values = command.values
    owner = Identifier(type="Nip", value=values["nip"])
    wish = TokenWish(
        context=owner,
        author=owner,
        permissions=tuple(values.get("permissions", ("InvoiceRead", "InvoiceWrite"))),
        description="Token z panelu symulatora",
    )
    token = create_token(command.authority.state, wish)
    token.status = values.get("status", "Active")
    if token.status != "Pending":
        token.unfolding.end()
    return json_answer({"referenceNumber": token.reference_number, "token": token.secret}, 201)


def _authorize(command: Command) -> Answer:
    """A company entrusts another with a permission, as its owner does by the API."""
    state, values = command.authority.state, command.values
    if values["permission"] not in AUTHORIZATIONS:
        raise ValueError(f"permission must be one of {AUTHORIZATIONS}")
    seller = Identifier(type="Nip", value=values["nip"])
    with state.lock:
        grant(
            state,
            Grant(
                id=new_grant_id(),
                context=seller,
                subject=Identifier(type="Nip", value=values["to"]),
                author=seller,
                permission=values["permission"],
                description="Upoważnienie z panelu symulatora",
                granted_at=state.clock.now(),
            ),
        )
    return _DONE


def _change_key(command: Command) -> Answer:
    usage = command.values["usage"]
    if usage not in USAGES:
        raise ValueError(f"usage must be one of {USAGES}")
    keys = command.authority.keys
    if command.rest == "recertify":
        keys.recertify(usage)
    elif command.values.get("emergency"):
        keys.replace(usage)
    else:
        keys.rotate(usage)
    return _DONE


def _reset(command: Command) -> Answer:
    command.authority.reset()
    return _DONE


def _list_requests(command: Command) -> Answer:
    return json_answer([asdict(request) for request in command.authority.requests.copy()])


def _set_limits(command: Command) -> Answer:
    state = command.authority.state
    preset = command.values.get("preset")
    if preset is not None:
        {"production": state.restore_limits, "fast": state.lift_limits}[preset]()
    for group, windows in command.values.get("groups", {}).items():
        if group not in PRODUCTION:
            raise ValueError(f"no such group: {group}")
        state.limits[group] = Windows(
            per_second=windows["perSecond"],
            per_minute=windows["perMinute"],
            per_hour=windows["perHour"],
        )
    return _DONE


def _set_delays(command: Command) -> Answer:
    command.authority.state.tune(**command.values)
    return json_answer(asdict(command.authority.state.delays))


def _set_switches(command: Command) -> Answer:
    state = command.authority.state
    state.switches = replace(state.switches, **command.values)
    return json_answer(asdict(state.switches))


def _set_beacon(command: Command) -> Answer:
    """`status` with `messages`, of which one is made up if there are none; `reachable`."""
    state, values = command.authority.state, command.values
    status = values.get("status", state.beacon.status)
    messages = values.get("messages")
    if messages is None:
        messages = announce(status, state.clock.now(), 1)
    state.beacon = Beacon(
        status=status,
        messages=tuple(messages),
        is_reachable=bool(values.get("reachable", True)),
    )
    return _DONE


def _deposit(command: Command) -> Answer:
    """Documents of others, each as `deposit` takes it; answers with their KSeF numbers."""
    state = command.authority.state
    made = [deposit(state, values) for values in command.values["documents"]]
    return json_answer([invoice.ksef_number for invoice in made], 201)


_HANDLERS: Mapping[tuple[str, str], Callable[[Command], Answer]] = {
    ("GET", "documents"): _list_documents,
    ("GET", "documents/*"): _show_document,
    ("POST", "faults"): _arm_fault,
    ("GET", "faults"): _list_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "clock"): _show_clock,
    ("POST", "clock"): _set_clock,
    ("POST", "tokens"): _issue_token,
    ("POST", "authorizations"): _authorize,
    ("POST", "keys/*"): _change_key,
    ("POST", "reset"): _reset,
    ("GET", "requests"): _list_requests,
    ("POST", "limits"): _set_limits,
    ("POST", "delays"): _set_delays,
    ("POST", "switches"): _set_switches,
    ("POST", "latarnia"): _set_beacon,
    ("POST", "deposits"): _deposit,
}
