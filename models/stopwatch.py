"""How long the parts of sending take, in the log at level DEBUG: `./dev bench send` reads it."""

import logging
import time
from contextlib import contextmanager

_logger = logging.getLogger(__name__)


@contextmanager
def timed(part, count):
    """Log what a part of the work took, for so many documents."""
    started = time.perf_counter()
    yield
    _logger.debug("%s: %s in %.3f s", part, count, time.perf_counter() - started)
