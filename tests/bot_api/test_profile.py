"""What the bot sets about itself, and what people see of it."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    MenuButtonCommands,
)
from telegram.error import InvalidToken

from .client import connected_bot
from .person import Person
from .server import BotApiServer


async def test_a_token_of_nobody() -> None:
    async with BotApiServer() as server:
        for token in ("123:abc", "nonsense"):
            with pytest.raises(InvalidToken, match="was rejected by the server"):
                async with connected_bot(server, token=token):
                    pass
            assert server.calls == []


def commands(*names: str) -> list[BotCommand]:
    return [BotCommand(name, name.upper()) for name in names]


async def test_command_menus_by_scope_and_language(server: BotApiServer, bot: Bot, alice: Person) -> None:
    bob = server.user("Bob", language_code="en")
    group = server.group("值班群", bob, alice)

    def menus() -> list[str]:
        seen = (alice.menu(), bob.menu(), alice.menu(group), bob.menu(group))
        return ["".join(command.command for command in menu) for menu in seen]

    # scope, language, and then the menus of Alice and Bob (in private), Alice and Bob (owner) in the group
    steps: list[tuple[BotCommandScope | None, str, list[str]]] = [
        (None, "", ["a", "a", "a", "a"]),
        (BotCommandScopeAllPrivateChats(), "", ["b", "b", "a", "a"]),
        (BotCommandScopeAllPrivateChats(), "zh", ["c", "b", "a", "a"]),
        (BotCommandScopeAllGroupChats(), "", ["c", "b", "d", "d"]),
        (BotCommandScopeAllChatAdministrators(), "", ["c", "b", "d", "e"]),
        (BotCommandScopeChat(group.chat_id), "", ["c", "b", "f", "f"]),
        (BotCommandScopeChatAdministrators(group.chat_id), "", ["c", "b", "f", "g"]),
        (BotCommandScopeChatMember(group.chat_id, bob.user.id), "", ["c", "b", "f", "h"]),
        (BotCommandScopeChat(alice.chat_id), "", ["i", "b", "f", "h"]),
    ]
    for letter, (scope, language, expected) in zip("abcdefghi", steps, strict=True):
        assert await bot.get_my_commands(scope, language) == ()
        await bot.set_my_commands(commands(letter), scope, language)
        assert menus() == expected
        assert [command.command for command in await bot.get_my_commands(scope, language)] == [letter]
    for scope, language, _ in reversed(steps[1:]):
        await bot.delete_my_commands(scope, language)
    assert menus() == ["a", "a", "a", "a"]
    await bot.set_my_commands([])
    assert menus() == ["", "", "", ""]


async def test_names_descriptions_and_the_menu_button(server: BotApiServer, bot: Bot, alice: Person) -> None:
    assert (await bot.get_my_name()).name == "政策助手"
    assert (await bot.get_my_description()).description == ""
    await bot.set_my_name("政策")
    await bot.set_my_description("问政策", language_code="zh")
    await bot.set_my_short_description("查条款")
    assert (await bot.get_my_name()).name == "政策"
    assert (await bot.get_my_description("zh")).description == "问政策"
    assert (await bot.get_my_description("en")).description == ""
    assert (await bot.get_my_short_description("zh")).short_description == "查条款"
    assert server.profile.text("description", "zh") == "问政策"
    await bot.set_chat_menu_button(alice.chat_id, MenuButtonCommands())
    assert (await bot.get_chat_menu_button(alice.chat_id)).type == "commands"
