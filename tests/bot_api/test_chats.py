"""Groups with privacy mode, members who come and go, and people who leave."""

from __future__ import annotations

import functools

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageOriginUser,
)
from telegram.error import BadRequest, Forbidden

from .person import Person
from .server import BotApiServer


async def heard(bot: Bot) -> list[str]:
    """What the bot is told of messages, acknowledged at once."""
    updates = await bot.get_updates(timeout=0)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
    return [update.effective_message.text or "" for update in updates if update.effective_message]


# Groups.

# what is said, whether privacy mode lets the bot hear it
SAID = [
    ("续贷怎么办", False),
    ("/find 贷款", True),
    ("/find@Policy_Helpdesk_Bot 贷款", True),
    ("/find@another_bot 贷款", False),
    ("请看 /find", False),
    ("问问 @policy_helpdesk_bot 吧", True),
    ("问问 @another_bot 吧", False),
]


@pytest.mark.parametrize(("text", "heard_with_privacy"), SAID)
@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_privacy_mode(
    server: BotApiServer, bot: Bot, alice: Person, text: str, heard_with_privacy: bool, kind: str
) -> None:
    group = server.group("企业群", alice, kind=kind)
    await alice.send(text, to=group)
    assert await heard(bot) == ([text] if heard_with_privacy else [])
    server.settings.privacy = False
    await alice.send(text, to=group)
    assert await heard(bot) == [text]
    assert (await bot.get_me()).can_read_all_group_messages


async def test_replies_to_the_bot_and_edits_pass_privacy_mode(server: BotApiServer, bot: Bot, alice: Person) -> None:
    group = server.group("企业群", alice)
    await bot.send_message(group.chat_id, "请讲")
    said = await alice.next_message(where=group)
    reply = await alice.send("断电吗", to=group, reply_to=said)
    aside = await alice.send("随便说", to=group, reply_to=reply)
    await alice.edit(reply, "会断电吗")
    await alice.edit(aside, "不相干")
    assert await heard(bot) == ["断电吗", "会断电吗"]
    group.add_bot(alice, "administrator")
    await alice.edit(aside, "管理员都听见")
    assert "管理员都听见" in await heard(bot)


async def test_a_reply_in_a_group_is_told_from_other_messages(server: BotApiServer, bot: Bot, alice: Person) -> None:
    group = server.group("企业群", alice)
    asked = await alice.send("/find 贷款", to=group)
    await bot.send_message(group.chat_id, "公告")
    await bot.send_message(group.chat_id, "答复", reply_to_message_id=asked.message_id)
    assert (await alice.reply_of(asked)).text == "答复"
    assert [message.message_id for message in group.messages] == [1, 2, 3]


async def test_what_replied_to_a_deleted_message_no_longer_shows_it(
    server: BotApiServer, bot: Bot, alice: Person
) -> None:
    asked = await alice.send("贷款")
    await bot.send_message(alice.chat_id, "答复", reply_to_message_id=asked.message_id)
    await alice.delete(await alice.reply_of(asked))
    again = await bot.send_message(alice.chat_id, "又答", reply_to_message_id=asked.message_id)
    await alice.delete(asked)
    (left,) = alice.messages
    assert (left.message_id, left.reply_to) == (again.message_id, None)


async def test_members_come_and_go(server: BotApiServer, bot: Bot, alice: Person) -> None:
    bob = server.user("Bob")
    group = server.group("企业群", alice, bot="left")
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.chat_id, "在吗")
    group.add_bot(alice)
    group.add(bob)
    group.add_bot(alice, "administrator")
    group.remove(bob)
    updates = await bot.get_updates(timeout=0, allowed_updates=["my_chat_member", "chat_member", "message"])
    changes = [u.my_chat_member for u in updates if u.my_chat_member]
    assert [(c.old_chat_member.status, c.new_chat_member.status) for c in changes] == [
        ("left", "member"),
        ("member", "administrator"),
    ]
    notices = [u.message for u in updates if u.message]
    assert [[user.first_name for user in m.new_chat_members] for m in notices] == [["政策助手"], ["Bob"], []]
    assert notices[-1].left_chat_member is not None
    group.add(bob)
    (change,) = [u.chat_member for u in await bot.get_updates(timeout=0) if u.chat_member]
    assert (change.new_chat_member.user.first_name, change.new_chat_member.status) == ("Bob", "member")
    assert (await bot.get_chat_member(group.chat_id, alice.user.id)).status == "creator"
    assert (await bot.get_chat_member(group.chat_id, server.user("Eve").user.id)).status == "left"
    administrators = await bot.get_chat_administrators(group.chat_id)
    assert [(member.user.first_name, member.status) for member in administrators] == [
        ("Alice", "creator"),
        ("政策助手", "administrator"),
    ]
    assert await bot.get_chat_member_count(group.chat_id) == 3
    assert (await bot.get_chat(group.chat_id)).title == "企业群"
    with pytest.raises(ValueError, match="is not in the chat '企业群'"):
        await server.user("Eve").send("让我说", to=group)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_the_bot_leaves_or_is_put_out(server: BotApiServer, bot: Bot, alice: Person, kind: str) -> None:
    group = server.group("企业群", alice, kind=kind)
    await bot.leave_chat(group.chat_id)
    assert group.bot_status == "left"
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await bot.send_message(group.chat_id, "在吗")
    group.add_bot(alice)
    group.remove_bot(alice)
    for call in (bot.send_message(group.chat_id, "在吗"), bot.get_chat(group.chat_id)):
        with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
            await call


async def test_what_only_administrators_may(server: BotApiServer, bot: Bot, alice: Person) -> None:
    group = server.group("企业群", alice, username="gongye_qun")
    said = await alice.send("/find", to=group)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message("@Gongye_Qun", said.message_id)
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group.chat_id, said.message_id)
    group.add_bot(alice, "administrator")
    await bot.pin_chat_message(group.chat_id, said.message_id)
    pinned = (await bot.get_chat(group.chat_id)).pinned_message
    assert (pinned and pinned.message_id) == said.message_id
    await bot.unpin_chat_message(group.chat_id, said.message_id)
    assert server.pinned(group) is None
    await bot.delete_message(group.chat_id, said.message_id)
    assert server.current(said) is None


# Private chats.


async def test_people_who_have_not_started_or_have_blocked_the_bot(
    server: BotApiServer, bot: Bot, alice: Person
) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(alice.chat_id, "你好")
    await alice.start()
    await bot.send_message(alice.chat_id, "你好")
    alice.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.chat_id, "在吗")
    with pytest.raises(ValueError, match="Alice has blocked the bot"):
        await alice.send("在")
    alice.unblock()
    await bot.send_message(alice.chat_id, "欢迎回来")
    changes = [update.my_chat_member for update in await bot.get_updates(timeout=0) if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    assert [message.text for message in alice.messages] == ["/start", "你好", "欢迎回来"]


async def test_forwarding_copying_and_deleting(server: BotApiServer, bot: Bot, alice: Person) -> None:
    staff = server.group("值班群", server.user("Bob"))
    question = await alice.send("断电吗")
    forwarded = await bot.forward_message(staff.chat_id, alice.chat_id, question.message_id)
    assert isinstance(forwarded.forward_origin, MessageOriginUser)
    assert forwarded.forward_origin.sender_user.first_name == "Alice"
    copied = await bot.copy_message(staff.chat_id, alice.chat_id, question.message_id)
    assert [(m.text, m.origin is None) for m in staff.messages] == [("断电吗", False), ("断电吗", True)]
    assert copied.message_id == 2
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("改", staff.chat_id, forwarded.message_id)
    await bot.delete_message(alice.chat_id, question.message_id)
    assert server.messages(alice) == ()
    await alice.forward(staff.messages[1])
    (update,) = await bot.get_updates(offset=-1, timeout=0)
    assert update.message is not None
    assert isinstance(update.message.forward_origin, MessageOriginUser)


async def test_words_and_buttons_are_edited_apart(server: BotApiServer, bot: Bot, alice: Person) -> None:
    await alice.start()
    sent = await bot.send_message(alice.chat_id, "一")
    say = functools.partial(bot.edit_message_text, chat_id=alice.chat_id, message_id=sent.message_id)
    buttons = InlineKeyboardMarkup.from_button(InlineKeyboardButton("按", callback_data="x"))
    await say("一", reply_markup=buttons)
    await say("二", reply_markup=buttons)
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup"):
        await say("<b></b>二", reply_markup=buttons, parse_mode="HTML")
    await say("<b>二</b>", reply_markup=buttons, parse_mode="HTML")
    await bot.edit_message_reply_markup(alice.chat_id, sent.message_id)
    kept = alice.messages[-1]
    assert (kept.html, kept.buttons, kept.version) == ("<b>二</b>", (), 4)


PERSON_ERRORS = [
    (lambda alice: alice.send("文" * 4097), "cannot send 4097 UTF-16 units"),
    (lambda alice: alice.send(" \n"), "cannot send an empty message"),
    (lambda alice: alice.start("a b"), "no deep link with the payload 'a b'"),
    (lambda alice: alice.start("a" * 65), "no deep link"),
    (lambda alice: alice.follow("https://t.me/another_bot?start=a"), "does not lead to this bot"),
    (lambda alice: alice.send_other("poem"), "do not send a poem"),
]


@pytest.mark.parametrize(("act", "reason"), PERSON_ERRORS)
async def test_what_people_cannot_do(alice: Person, act: object, reason: str) -> None:
    assert callable(act)
    with pytest.raises(ValueError, match=reason):
        await act(alice)
