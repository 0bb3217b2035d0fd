"""The refusals of the Bot API, in Telegram's own words.

The texts were compared with the sources of tdlib/telegram-bot-api and with reports of what api.telegram.org answers;
bots tell refusals apart by these words, so they are part of what is tested.
"""

from __future__ import annotations

PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
}

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
WEBHOOK_SET = "terminated by setWebhook request"


class ApiError(Exception):
    """A call that is refused: HTTP status, Telegram's ``description`` and what else it tells: for 429 ``retry_after`` in
    seconds, for a group that is a supergroup now the id of that (``moved_to``)."""

    def __init__(
        self, status: int, description: str, *, retry_after: float | None = None, moved_to: int | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to

    def wire(self) -> dict[str, object]:
        """The JSON body of the refusal; ``parameters`` only where there is something to tell."""
        body: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        if self.moved_to is not None:
            body["parameters"] = {"migrate_to_chat_id": self.moved_to}
        return body


class NothingCameError(AssertionError):
    """What a person in a test waited for did not come in time; the text tells what stood in the chat instead."""


def _refuse(status: int, reason: str) -> ApiError:
    prefix = PREFIXES[status]
    return ApiError(status, f"{prefix}: {reason}" if reason else prefix)


def bad_request(reason: str) -> ApiError:
    """400: the call cannot be carried out as it stands."""
    return _refuse(400, reason)


def upgraded(chat_id: int) -> ApiError:
    """400: the group is a supergroup now, with another id."""
    return ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to=chat_id)


def unauthorized() -> ApiError:
    """401: a token of the right form that belongs to no bot."""
    return _refuse(401, "")


def forbidden(reason: str) -> ApiError:
    """403: the bot may not do this here (blocked, never started, not a member)."""
    return _refuse(403, reason)


def not_found(reason: str = "") -> ApiError:
    """404: a malformed token, an unknown method or file."""
    return _refuse(404, reason)


def conflict(reason: str) -> ApiError:
    """409: two ways of receiving updates at once."""
    return _refuse(409, reason)
