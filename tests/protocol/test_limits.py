"""What KSeF allows a context and a subject."""

from __future__ import annotations

from company import log_in, log_in_as_owner

from ksef.limits import ContextLimits, SubjectLimits
from ksef.wire import Fields
from simulator.panel import RunningSimulator


def test_limits_of_sessions_are_in_bytes(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        limits = client.context_limits()
    assert limits.online_session.max_invoice_size == 1_000_000
    assert limits.online_session.max_invoice_with_attachment_size == 3_000_000
    assert limits.batch_session.max_invoices == 10_000
    assert limits.max_collected_invoices == 500


def test_limits_of_the_subject_are_read(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as client:
        limits = client.subject_limits()
    assert limits == SubjectLimits(max_enrollments=300, max_certificates=100)


def test_nobody_may_send_attachments_without_consent(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as client:
        assert not client.may_send_attachments()


def test_limits_of_the_older_contract_are_read() -> None:
    session = {
        "maxInvoiceSizeInMB": 1,
        "maxInvoiceWithAttachmentSizeInMB": 3,
        "maxInvoices": 10_000,
    }
    limits = ContextLimits.from_json(Fields({"onlineSession": session, "batchSession": session}))
    assert limits.max_collected_invoices is None
    assert SubjectLimits.from_json(Fields({})).max_certificates is None
