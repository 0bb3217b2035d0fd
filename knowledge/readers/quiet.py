"""Keeps what a library says while it reads a damaged file off the user's terminal, and in the log."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)
# Filters of warnings and loggers belong to the process: two readers at once would restore each other's.
_one_at_a_time = threading.RLock()


class _Relay(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _log.debug("%s: %s", record.name, record.getMessage())


@contextmanager
def quiet(library: str) -> Iterator[None]:
    """While this lasts, what ``library`` logs and all that is warned goes to this module's log, as DEBUG."""
    logger = logging.getLogger(library)
    relay = _Relay()
    with _one_at_a_time, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        propagated = logger.propagate
        logger.addHandler(relay)
        logger.propagate = False
        try:
            yield
        finally:
            logger.propagate = propagated
            logger.removeHandler(relay)
            for warning in caught:
                _log.debug("%s: %s", library, warning.message)
