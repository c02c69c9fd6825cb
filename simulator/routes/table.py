"""All operations of the imitation."""

from __future__ import annotations

from . import (
    auth,
    batch,
    certificates,
    collective,
    invoices,
    keys,
    latarnia,
    limits,
    online,
    permissions,
    qr,
    sessions,
    storage,
    testdata,
    tokens,
)

OPERATIONS = (
    *keys.OPERATIONS,
    *auth.OPERATIONS,
    *online.OPERATIONS,
    *batch.OPERATIONS,
    *sessions.OPERATIONS,
    *storage.OPERATIONS,
    *invoices.OPERATIONS,
    *tokens.OPERATIONS,
    *permissions.OPERATIONS,
    *limits.OPERATIONS,
    *certificates.OPERATIONS,
    *collective.OPERATIONS,
    *testdata.OPERATIONS,
    *latarnia.OPERATIONS,
    *qr.OPERATIONS,
)
