"""From a company to a client of KSeF: the only place that knows `ksef.client`."""

from datetime import datetime, timezone
from weakref import WeakKeyDictionary

from odoo import models

from ..ksef import environment
from ..ksef.client import Client
from ..ksef.messages import Context

ENVIRONMENTS = {
    "production": environment.PRODUCTION,
    "demo": environment.DEMO,
    "test": environment.TEST,
}
TIMEOUT = 30.0  # seconds for a whole call
SHORT_TIMEOUT = 10.0  # the same while a person waits for it
WAITED_FOR = "ksef_is_waited_for"  # of the context: a person looks on, no cron
# The clients of each cursor, as long as it lives: its own cache ends with every commit
_clients = WeakKeyDictionary()


class KsefGateway(models.AbstractModel):
    _name = "ksef.gateway"
    _description = "KSeF gateway"

    def _environment(self, company):
        """Return the addresses of the KSeF that this company is connected to."""
        if company.ksef_environment == "local":
            return environment.local(company.ksef_local_url)
        return ENVIRONMENTS[company.ksef_environment]

    def _client(self, company, access_token=None):
        """Return a client for one company; it opens no connection before its first call.

        All calls of one run of the cron for one context share a connection, and with all other
        processes the budget of requests.
        """
        environment = self._environment(company)
        clients = _clients.setdefault(self.env.cr, {})
        timeout = SHORT_TIMEOUT if self.env.context.get(WAITED_FOR) else TIMEOUT
        key = (environment, company._ksef_nip(), timeout)
        if key not in clients:
            ledger = self.env["ksef.budget"]._ledger(company)
            clients[key] = Client(environment, timeout=timeout, budget=ledger)
        client = clients[key]
        return client.with_access_token(access_token) if access_token else client

    def _clock_offsets(self):
        """Return `{environment: timedelta}`: how far the clocks of those that answered this run
        of the cron are ahead of ours."""
        clients = _clients.get(self.env.cr, {})
        told = (each for each in clients.values() if each.clock_offset is not None)
        return {client.environment.name: client.clock_offset for client in told}

    def _context(self, company):
        """Return the context in which the company logs in: its NIP."""
        return Context(type="Nip", value=company._ksef_nip())

    def _now(self):
        """Return the moment as `ksef` wants it: aware, in UTC."""
        return datetime.now(timezone.utc)
