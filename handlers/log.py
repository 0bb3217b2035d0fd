"""The log of the conversations; ``bot.logs`` decides where it goes. Never what people wrote, never who they are."""

from __future__ import annotations

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("helpdesk")
