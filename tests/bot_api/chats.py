"""The methods about chats and their members."""

from __future__ import annotations

from .chat import PRESENT, Wire, member_wire
from .errors import bad_request, forbidden
from .parameters import Parameters
from .world import Room, World


def _readable(world: World, parameters: Parameters) -> Room:
    """A chat the bot may ask about: one it is in, or the private chat of a person it has met."""
    room = world.room(parameters)
    status = room.status(world.bot.id)
    if room.chat.private:
        if status == "left":
            raise bad_request("chat not found")
    elif status not in PRESENT:
        verb = "was kicked from" if status == "kicked" else "is not a member of"
        raise forbidden(f"bot {verb} the {room.chat.type} chat")
    return room


async def get_chat(world: World, parameters: Parameters) -> object:
    """getChat."""
    room = _readable(world, parameters)
    wire = room.chat.full_wire()
    if room.pinned_id is not None and room.pinned_id in room.messages:
        wire["pinned_message"] = room.messages[room.pinned_id].wire()
    return wire


async def get_chat_member(world: World, parameters: Parameters) -> object:
    """getChatMember."""
    room, user = _readable(world, parameters), world.user(parameters)
    return member_wire(user, room.status(user.id))


async def get_chat_administrators(world: World, parameters: Parameters) -> object:
    """getChatAdministrators: the owner first; no bots but this one."""
    room = _readable(world, parameters)
    if room.chat.private:
        raise bad_request("there are no administrators in the private chat")
    found: list[Wire] = []
    for status in ("creator", "administrator"):
        found += [member_wire(world.users[number], status) for number, held in room.members.items() if held == status]
    return found


async def get_chat_member_count(world: World, parameters: Parameters) -> object:
    """getChatMemberCount."""
    return sum(status in PRESENT for status in _readable(world, parameters).members.values())


async def leave_chat(world: World, parameters: Parameters) -> object:
    """leaveChat: the bot goes, and can come back only if it is added."""
    room = _readable(world, parameters)
    if room.chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    world.set_status(room, world.bot, "left", world.bot)
    return True


METHODS = {
    "getchat": get_chat,
    "getchatmember": get_chat_member,
    "getchatadministrators": get_chat_administrators,
    "getchatmembercount": get_chat_member_count,
    "leavechat": leave_chat,
}
