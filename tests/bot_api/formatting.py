"""Words as calls give them (source, parse_mode, entities) made into text as Telegram keeps it."""

from __future__ import annotations

from collections.abc import Mapping

from .chat import User
from .errors import bad_request
from .markup import checked_link, parse_html
from .text import Entity, FormattedText, clean, settle

MAX_TEXT = 4096
MAX_CAPTION = 1024


def formatted(source: str, parse_mode: str, entities: object, users: Mapping[int, User]) -> FormattedText:
    """``source`` as Telegram keeps it: HTML where ``parse_mode`` says so, else plain with the ``entities`` given.

    Raises ApiError for HTML that Telegram refuses, and for the Markdown modes, which this server does not read.
    """
    source = clean(source)
    mode = parse_mode.strip().lower()
    if mode == "html":
        parsed = parse_html(source)
    elif not mode:
        parsed = FormattedText(source, _entities(entities, users))
    else:
        raise bad_request("unsupported parse_mode")
    named = (_mention(entity, users) for entity in parsed.entities)
    return settle(parsed.text, (entity for entity in named if entity is not None))


def _mention(entity: Entity, users: Mapping[int, User]) -> Entity | None:
    """A link to tg://user?id=… becomes the mention of a user, or nothing where nobody has that id."""
    head, found, number = entity.url.partition("tg://user?id=")
    if head or not found:
        return entity
    user = users.get(int(number)) if number.isdigit() else None
    return Entity("text_mention", entity.offset, entity.length, user=user) if user else None


def _entities(value: object, users: Mapping[int, User]) -> tuple[Entity, ...]:
    found: list[Entity] = []
    for each in value if isinstance(value, list) else []:
        if not isinstance(each, dict) or not isinstance(each.get("offset"), int):
            raise bad_request("can't parse MessageEntity: Can't find field \"offset\"")
        user = each.get("user")
        found.append(
            Entity(
                type=str(each.get("type", "")),
                offset=each["offset"],
                length=int(each.get("length", 0)),
                url=checked_link(str(each.get("url", ""))) if each.get("url") else "",
                language=str(each.get("language", "")),
                user=users.get(int(user.get("id", 0))) if isinstance(user, dict) else None,
                custom_emoji_id=str(each.get("custom_emoji_id", "")),
            )
        )
    return tuple(found)
