"""Faults to order: what the next calls of a method, or for a chat, meet instead of an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import ApiError, forbidden

ANY = "*"

_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a call goes wrong.

    ``error`` is refused in JSON, ``page`` is answered as HTML with ``status``; with neither, the true answer is given.
    ``carried_out`` tells whether the action happens all the same, ``dropped`` whether the connection ends without any
    answer, ``delay`` how many seconds pass between the action and the answer.
    """

    error: ApiError | None = None
    status: int = 200
    page: str = ""
    carried_out: bool = False
    dropped: bool = False
    delay: float = 0.0


def too_many_requests(retry_after: float = 1) -> Fault:
    """429. Telegram tells whole seconds; a test may tell less to be quick."""
    text = f"Too Many Requests: retry after {retry_after:g}"
    return Fault(error=ApiError(429, text, retry_after=retry_after))


def refused(error: ApiError) -> Fault:
    """Any refusal of ``errors``, such as ``forbidden("user is deactivated")``."""
    return Fault(error=error)


def blocked() -> Fault:
    """403, as when the person has blocked the bot."""
    return refused(forbidden("bot was blocked by the user"))


def bad_gateway() -> Fault:
    """502 with the page of a proxy, no JSON."""
    return Fault(status=502, page=_PAGE.format("502 Bad Gateway"))


def server_error() -> Fault:
    """500 with a page, no JSON."""
    return Fault(status=500, page=_PAGE.format("500 Internal Server Error"))


def dropped_before() -> Fault:
    """The connection ends and nothing was done."""
    return Fault(dropped=True)


def dropped_after() -> Fault:
    """The connection ends although the action was carried out: to repeat it would do it twice."""
    return Fault(dropped=True, carried_out=True)


def slow(delay: float) -> Fault:
    """The right answer, ``delay`` seconds after the action."""
    return Fault(carried_out=True, delay=delay)


@dataclass(slots=True)
class _Order:
    method: str
    chat_id: int | None
    fault: Fault
    left: int


@dataclass(slots=True)
class FaultList:
    """The faults ordered and not yet met, in the order in which they were ordered."""

    orders: list[_Order] = field(default_factory=list)

    def order(self, method: str, fault: Fault, *, times: int, chat_id: int | None) -> None:
        """Let the next ``times`` calls of ``method`` for ``chat_id`` meet ``fault``.

        ``*`` stands for any method but getUpdates, ``file`` for the download of a file, None for any chat.
        """
        self.orders.append(_Order(method.lower(), chat_id, fault, times))

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault this call meets; it is counted off."""
        name = method.lower()
        for order in self.orders:
            meant = order.method == name or (order.method == ANY and name != "getupdates")
            if meant and order.chat_id in (None, chat_id):
                order.left -= 1
                if order.left == 0:
                    self.orders.remove(order)
                return order.fault
        return None

    def clear(self) -> None:
        """Forget what was ordered and not yet met."""
        self.orders.clear()
