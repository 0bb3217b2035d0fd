"""People talk to an echo bot on python-telegram-bot through the Bot API server, by polling and by webhook.

What the server refuses, how it delivers, and its chats are tested in tables beside it, in ``tests/bot_api/test_*.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, InlineAnswer, NothingCameError, Person, Settings
from bot_api.client import AnyApplication, connected_bot, listening, new_application, polling
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest
from telegram.ext import (
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE
BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("有帮助", callback_data="good"), InlineKeyboardButton("没有帮助", callback_data="bad")],
        [InlineKeyboardButton("网页", url="https://gov.cn")],
    ]
)


async def echo(update: Update, _: Context) -> None:
    """Answers a message, and an edited one by editing the answer, which has the next id."""
    message = update.effective_message
    assert message is not None
    if update.edited_message:
        await message.get_bot().edit_message_text(
            f"<b>{message.text_html}</b>", message.chat_id, message.message_id + 1, parse_mode="HTML"
        )
        return
    reply = ReplyParameters(message.message_id)
    await message.reply_html(f"<b>{message.text_html}</b>", reply_markup=BUTTONS, reply_parameters=reply)


async def start(update: Update, context: Context) -> None:
    assert update.message is not None
    await update.message.reply_text(f"你好 {' '.join(context.args or [])}".strip())


async def press(update: Update, _: Context) -> None:
    query = update.callback_query
    assert query is not None
    if query.data == "silent":
        return
    await query.answer(f"{query.from_user.first_name}: {query.data}", show_alert=query.data == "bad")
    if query.data == "bad" or query.inline_message_id:
        await query.edit_message_text("改过了")


async def inline(update: Update, _: Context) -> None:
    query = update.inline_query
    assert query is not None
    first = int(query.offset or 0)
    articles = [
        InlineQueryResultArticle(
            str(n), f"{query.query} {n}", InputTextMessageContent(f"<i>{n}</i>", "HTML"), reply_markup=BUTTONS
        )
        for n in range(first, first + 50)
    ]
    button = InlineQueryResultsButton("登录", start_parameter="login")
    await query.answer(articles, next_offset=str(first + 50), cache_time=0, is_personal=True, button=button)


async def chosen(update: Update, context: Context) -> None:
    result = update.chosen_inline_result
    assert result is not None
    await context.bot.send_message(result.from_user.id, f"选了 {result.result_id}")


def echo_bot(server: BotApiServer) -> AnyApplication:
    application = new_application(server)
    application.add_handlers(
        [
            CommandHandler("start", start),
            MessageHandler(filters.TEXT, echo),
            CallbackQueryHandler(press),
            InlineQueryHandler(inline),
            ChosenInlineResultHandler(chosen),
        ]
    )
    return application


@pytest_asyncio.fixture(params=["polling", "webhook"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[BotApiServer]:
    """The server with the echo bot at work, in each of the two ways."""
    async with BotApiServer() as server:
        application = echo_bot(server)
        at_work = polling(application) if request.param == "polling" else listening(application, "A-secret_1")
        async with at_work:
            yield server


@pytest.fixture
def alice(server: BotApiServer) -> Person:
    return server.user("Alice", last_name="Li", username="alice_li")


async def test_a_conversation(server: BotApiServer, alice: Person) -> None:
    hello = await alice.start()
    assert (await alice.reply_of(hello)).text == "你好"
    reply = await alice.ask("断电吗 <不会>")
    assert reply.html == "<b>断电吗 &lt;不会&gt;</b>"
    assert reply.marked("bold") == ("断电吗 <不会>",)
    assert reply.buttons == ("有帮助", "没有帮助", "网页")
    assert reply.reply_to is not None
    assert (reply.reply_to.text, reply.sender) == ("断电吗 <不会>", server.bot)
    assert [message.message_id for message in alice.messages] == [1, 2, 3, 4]
    assert await server.all_taken()


async def test_people_do_not_mix(server: BotApiServer) -> None:
    people = [server.user(f"P{n}") for n in range(20)]
    replies = await asyncio.gather(*(person.ask(f"我是 {person.name}") for person in people))
    assert [reply.text for reply in replies] == [f"我是 {person.name}" for person in people]
    assert all(len(person.messages) == 2 for person in people)


async def test_several_messages_in_a_row(alice: Person) -> None:
    sent = [await alice.send(text) for text in ("一", "二", "三")]
    assert [(await alice.reply_of(message)).text for message in reversed(sent)] == ["三", "二", "一"]
    assert (await alice.reply_of(2)).text == "二"
    with pytest.raises(NothingCameError):
        await alice.next_message(within=0.01)


async def test_next_messages_are_told_once(alice: Person) -> None:
    for text in ("一", "二", "三"):
        await alice.send(text)
    assert [message.text for message in await alice.next_messages(2)] == ["一", "二"]
    assert (await alice.next_message()).text == "三"
    await alice.silence()
    await alice.send("四")
    with pytest.raises(AssertionError, match="said '四'"):
        await alice.silence(1.0)


async def test_an_edited_question(alice: Person) -> None:
    question = await alice.send("贷款")
    reply = await alice.reply_of(question)
    await alice.edit(question.message_id, "贷款利息")
    changed = await alice.next_edit(reply)
    assert (changed.text, changed.version, changed.message_id) == ("贷款利息", 1, reply.message_id)
    assert changed.edit_date is not None
    assert [message.text for message in alice.messages] == ["贷款利息", "贷款利息"]


async def test_deep_links(server: BotApiServer, alice: Person) -> None:
    for sent in (await alice.start("clause-17_a"), await alice.follow(server.link("clause-17_a"))):
        assert (await alice.reply_of(sent)).text == "你好 clause-17_a"


async def test_buttons(alice: Person, server: BotApiServer) -> None:
    reply = await alice.ask("问")
    good = await alice.press(reply, "有帮助")
    assert (good.text, good.show_alert) == ("Alice: good", False)
    bad = await alice.press(reply, "没有帮助")
    assert (bad.text, bad.show_alert) == ("Alice: bad", True)
    changed = await alice.next_edit(reply)
    assert (changed.text, changed.buttons) == ("改过了", ())
    # A stale button can still be pressed, and data can be made up by a changed client.
    assert (await alice.press(reply, "有帮助")).text == "Alice: good"
    assert (await server.user("Bob").press_data(reply, "made up")).text == "Bob: made up"
    with pytest.raises(NothingCameError):
        await alice.press_data(reply, "silent", within=0.01)
    with pytest.raises(ValueError, match="opens 'https:"):
        await alice.press(reply, "网页")
    with pytest.raises(AssertionError, match="no button '别的'"):
        await alice.press(reply, "别的")


async def test_inline_mode(server: BotApiServer, alice: Person) -> None:
    answer = await alice.inline("续贷")
    assert (len(answer.results), answer.titles[:2], answer.next_offset) == (50, ("续贷 0", "续贷 1"), "50")
    assert (answer.is_personal, answer.cache_time) == (True, 0)
    assert (answer.button_text, answer.start_parameter) == ("登录", "login")
    further = await alice.inline("续贷", answer.next_offset)
    assert further.titles[0] == "续贷 50"
    group = server.group("企业群", alice, bot="left")
    posted = await alice.choose(further.results[0], to=group)
    assert (posted.text, posted.marked("italic"), posted.via_bot) == ("50", ("50",), server.bot)
    # Its buttons work where the bot is no member, by the id of the inline message.
    assert (await alice.press(posted, "有帮助")).text == "Alice: good"
    assert (await alice.next_edit(posted)).text == "改过了"


async def test_the_bot_hears_which_result_was_chosen(server: BotApiServer, alice: Person) -> None:
    answer = await alice.inline("续贷")
    group = server.group("企业群", alice, bot="left")
    await alice.start()
    await alice.next_message()
    await alice.choose(answer.results[3], to=group)
    await alice.silence()
    server.settings.inline_feedback = True
    await alice.choose(answer.results[4], to=group)
    assert (await alice.next_message()).text == "选了 4"


# Queries by hand, without an application.


@pytest.mark.parametrize("why", ["made to expire", "out of time", "answered before"])
async def test_a_query_that_can_be_answered_no_more(why: str) -> None:
    async with BotApiServer(settings=Settings(patience=0.0)) as server, connected_bot(server) as bot:
        alice = server.user("Alice", started=True)
        await bot.send_message(alice.chat_id, "答", reply_markup=BUTTONS)
        with pytest.raises(NothingCameError):
            await alice.press(alice.messages[0], "有帮助")
        with pytest.raises(NothingCameError):
            await alice.inline("续贷")
        pressed, typed = await bot.get_updates(timeout=0)
        assert pressed.callback_query is not None
        assert typed.inline_query is not None
        if why == "made to expire":
            server.expire_queries()
        elif why == "out of time":
            server.settings.query_lifetime = 0.0
        else:
            await bot.answer_callback_query(pressed.callback_query.id, "第一次")
            await bot.answer_inline_query(typed.inline_query.id, [])
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(pressed.callback_query.id, "再一次")
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_inline_query(typed.inline_query.id, [])


async def test_an_answer_longer_than_200_characters_leaves_the_query_open() -> None:
    async with BotApiServer() as server, connected_bot(server) as bot:
        query = server.world.queries.ask()
        with pytest.raises(BadRequest, match="Message_too_long"):
            await bot.answer_callback_query(query.query_id, "文" * 201)
        await bot.answer_callback_query(query.query_id, "文" * 200)
        assert not isinstance(query.answer, InlineAnswer)
        assert query.answer is not None
        assert query.answer.text == "文" * 200
