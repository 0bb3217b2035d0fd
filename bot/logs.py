"""Structured logs on standard error: one line an event. They never hold what people wrote, nor a secret."""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("helpdesk")


_SHORTEST_SECRET = 6
_secrets: set[str] = set()


def hide(*secrets: str) -> None:
    """Blot these out wherever they would stand in a log, in libraries' lines and tracebacks too."""
    # Anything shorter would blot out ordinary words.
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def _blot(text: str) -> str:
    for secret in _secrets:
        text = text.replace(secret, "***")
    return text


class _Stream:
    """Standard error, but for secrets."""

    def write(self, text: str) -> int:
        return sys.stderr.write(_blot(text))

    def flush(self) -> None:
        sys.stderr.flush()


def _in_one_line(record: logging.LogRecord) -> bool:
    """Let a record of the Telegram library through without its traceback: that a call failed is told by our own lines.

    What is critical keeps it: the library says so only of what should never happen.
    """
    if record.name.partition(".")[0] == "telegram" and record.levelno < logging.CRITICAL:
        record.exc_info = record.exc_text = None
    return True


def configure(level: str) -> None:
    """Log events of ``level`` (debug, info, warning, error) and above; libraries' own from warning on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stream())),
    )
    lines = logging.StreamHandler(cast(TextIO, _Stream()))
    lines.addFilter(_in_one_line)
    logging.basicConfig(level=logging.WARNING, handlers=[lines], format="%(levelname)s %(name)s: %(message)s")
