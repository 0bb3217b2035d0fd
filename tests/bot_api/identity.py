"""The methods by which the bot learns who it is and sets itself up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .errors import bad_request
from .parameters import Parameters
from .profile import (
    DESCRIPTION,
    NAME,
    SHORT_DESCRIPTION,
    Scope,
    TextField,
    read_commands,
    read_field,
    read_language,
    read_scope,
)
from .world import World

Method = Callable[[World, Parameters], Awaitable[object]]


async def get_me(world: World, parameters: Parameters) -> object:
    """getMe."""
    return world.bot.wire() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.settings.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(world: World, parameters: Parameters) -> Scope:
    scope = read_scope(parameters.json("scope"))
    if scope.chat_id and scope.chat_id not in world.rooms:
        raise bad_request("chat not found")
    return scope


async def set_my_commands(world: World, parameters: Parameters) -> object:
    """setMyCommands: an empty list is the same as deleteMyCommands."""
    commands = read_commands(parameters)
    key = _scope(world, parameters), read_language(parameters)
    world.profile.commands.pop(key, None)
    if commands:
        world.profile.commands[key] = commands
    return True


async def get_my_commands(world: World, parameters: Parameters) -> object:
    """getMyCommands: of just this scope and language, [] where none were set."""
    key = _scope(world, parameters), read_language(parameters)
    return [command.wire() for command in world.profile.commands.get(key, ())]


async def delete_my_commands(world: World, parameters: Parameters) -> object:
    """deleteMyCommands."""
    world.profile.commands.pop((_scope(world, parameters), read_language(parameters)), None)
    return True


def _setter(text: TextField) -> Method:
    async def set_text(world: World, parameters: Parameters) -> object:
        world.profile.texts[text.name, read_language(parameters)] = read_field(parameters, text)
        return True

    return set_text


def _getter(text: TextField) -> Method:
    async def get_text(world: World, parameters: Parameters) -> object:
        return {text.name: world.profile.text(text.name, read_language(parameters))}

    return get_text


async def set_chat_menu_button(world: World, parameters: Parameters) -> object:
    """setChatMenuButton: of one private chat, or (chat_id 0) of all that have none of their own."""
    chat_id = world.room(parameters).chat.id if parameters.text("chat_id") else 0
    button = parameters.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: Unsupported type specified")
    world.profile.menu_buttons[chat_id] = button
    return True


async def get_chat_menu_button(world: World, parameters: Parameters) -> object:
    """getChatMenuButton."""
    chat_id = world.room(parameters).chat.id if parameters.text("chat_id") else 0
    buttons = world.profile.menu_buttons
    return buttons.get(chat_id) or buttons.get(0) or {"type": "commands"}


METHODS: dict[str, Method] = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmyname": _setter(NAME),
    "getmyname": _getter(NAME),
    "setmydescription": _setter(DESCRIPTION),
    "getmydescription": _getter(DESCRIPTION),
    "setmyshortdescription": _setter(SHORT_DESCRIPTION),
    "getmyshortdescription": _getter(SHORT_DESCRIPTION),
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
}
