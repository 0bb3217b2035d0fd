"""What the server refuses and what it just allows, as tables; every call is made by python-telegram-bot."""

from __future__ import annotations

import json

import pytest
from telegram import Bot
from telegram.error import BadRequest

from .conftest import Meeting
from .errors import NOT_MODIFIED, QUERY_TOO_OLD

# One server for all the tables, as a new one for each line would take longer than all its calls.
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def call(bot: Bot, method: str, **parameters: object) -> object:
    """Any method with any parameters, past the checks of python-telegram-bot's own methods.

    Written in small letters, which the Bot API takes too: the library warns where it has a method of that name.
    """
    return await bot.do_api_request(method.lower(), api_kwargs=parameters)


def keyboard(**button: object) -> str:
    return json.dumps({"inline_keyboard": [[{"text": "按钮", **button}]]})


def command(name: str = "find", description: str = "查条款") -> dict[str, str]:
    return {"command": name, "description": description}


def article(**changed: object) -> dict[str, object]:
    content = {"message_text": "原文"}
    return {"type": "article", "id": "1", "title": "条款", "input_message_content": content} | changed


EMOJI = "🏛"  # two UTF-16 units

REFUSED = [
    # text
    ("sendMessage", {"text": ""}, "message text is empty"),
    ("sendMessage", {"text": " \n\t "}, "text must be non-empty"),
    ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ("sendMessage", {"text": "文" * 4097}, "message is too long"),
    ("sendMessage", {"text": EMOJI * 2049}, "message is too long"),
    ("sendMessage", {"text": "<b>" + "文" * 4097 + "</b>", "parse_mode": "HTML"}, "message is too long"),
    ("sendMessage", {"text": "*粗*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "文", "reply_to_message_id": 77}, "message to be replied not found"),
    ("sendMessage", {"text": "文", "chat_id": ""}, "chat_id is empty"),
    ("sendMessage", {"text": "文", "chat_id": 4040}, "chat not found"),
    ("sendMessage", {"text": "文", "chat_id": "@nobody"}, "chat not found"),
    # edits
    ("editMessageText", {"text": "文"}, "message identifier is not specified"),
    ("editMessageText", {"text": "文", "message_id": 99}, "message to edit not found"),
    ("editMessageText", {"text": "文", "message_id": 1}, "message can't be edited"),
    ("editMessageText", {"text": "答", "message_id": 2}, NOT_MODIFIED),
    ("editMessageText", {"text": "文" * 4097, "message_id": 2}, "MESSAGE_TOO_LONG"),
    ("editMessageText", {"text": "文", "inline_message_id": "made-up"}, "MESSAGE_ID_INVALID"),
    ("editMessageReplyMarkup", {"message_id": 2}, NOT_MODIFIED),
    ("editMessageCaption", {"message_id": 2, "caption": "文"}, "there is no caption in the message to edit"),
    ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    ("forwardMessage", {"message_id": 99}, "message to forward not found"),
    ("copyMessage", {"message_id": 99}, "message to copy not found"),
    ("pinChatMessage", {"message_id": 99}, "message to pin not found"),
    # buttons
    ("sendMessage", {"text": "文", "reply_markup": keyboard(callback_data="文" * 21 + "xx")}, "BUTTON_DATA_INVALID"),
    (
        "sendMessage",
        {"text": "文", "reply_markup": keyboard(copy_text={"text": "文" * 257})},
        "BUTTON_COPY_TEXT_INVALID",
    ),
    ("sendMessage", {"text": "文", "reply_markup": keyboard(copy_text={"text": ""})}, "BUTTON_COPY_TEXT_INVALID"),
    (
        "sendMessage",
        {"text": "文", "reply_markup": keyboard()},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    (
        "sendMessage",
        {"text": "文", "reply_markup": keyboard(url="not a link")},
        "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL",
    ),
    (
        "sendMessage",
        {"text": "文", "reply_markup": json.dumps({"inline_keyboard": [[{"text": "按", "callback_data": "x"}]] * 101})},
        "reply markup is too long",
    ),
    ("sendMessage", {"text": "文", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ("sendMessage", {"text": "文", "reply_markup": "[]"}, "object expected as reply markup"),
    # files and actions
    ("sendDocument", {}, "there is no document in the request"),
    ("sendDocument", {"document": "no-such-id"}, "wrong remote file identifier specified: Wrong string length"),
    ("sendDocument", {"document": "https://example.org/a.pdf"}, "failed to get HTTP URL content"),
    ("sendDocument", {"caption": "文" * 1025}, "message caption is too long"),
    ("getFile", {"file_id": "no-such-id"}, "wrong file_id or the file is temporarily unavailable"),
    ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    # queries
    ("answerCallbackQuery", {"callback_query_id": "1"}, QUERY_TOO_OLD),
    ("answerInlineQuery", {"inline_query_id": "1", "results": "[]"}, QUERY_TOO_OLD),
    # commands and descriptions
    ("setMyCommands", {"commands": [command(f"c{n}") for n in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
    ("setMyCommands", {"commands": [command("Find")]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [command("c" * 33)]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [command("查")]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [command(description="")]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [command(description="文" * 257)]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [], "language_code": "zh-hans"}, "invalid language code specified"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat", "chat_id": 4040}}, "chat not found"),
    ("setMyCommands", {"scope": {"type": "chat"}}, "can't parse BotCommandScope: Can't find field \"chat_id\""),
    ("setMyDescription", {"description": "文" * 513}, "DESCRIPTION_TOO_LONG"),
    ("setMyShortDescription", {"short_description": "文" * 121}, "ABOUT_TOO_LONG"),
    ("setMyName", {"name": "文" * 65}, "BOT_NAME_TOO_LONG"),
    # chats
    ("getChat", {"chat_id": 4040}, "chat not found"),
    ("getChatMember", {"user_id": 4040}, "user not found"),
    ("getChatAdministrators", {}, "there are no administrators in the private chat"),
    ("leaveChat", {}, "chat member status can't be changed in private chats"),
    # webhooks
    ("setWebhook", {"url": "http://example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "https://example.org/"}, "bad webhook: Failed to resolve host: Name or service not known"),
    ("setWebhook", {"url": "http://127.0.0.1:1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
]


@pytest.mark.parametrize(("method", "parameters", "reason"), REFUSED)
async def test_refusals(meeting: Meeting, method: str, parameters: dict[str, object], reason: str) -> None:
    chat_id = meeting.alice.chat_id
    await meeting.alice.send("问")
    await meeting.bot.send_message(meeting.alice.chat_id, "答")
    with pytest.raises(BadRequest):
        await call(meeting.bot, method, **{"chat_id": chat_id, "from_chat_id": chat_id} | parameters)
    assert meeting.server.calls[-1].description == f"Bad Request: {reason}"
    assert [message.text for message in meeting.alice.messages] == ["问", "答"]


# Just within the limits of the table above.
ALLOWED = [
    ("sendMessage", {"text": "文" * 4096}),
    ("sendMessage", {"text": EMOJI * 2048}),
    ("sendMessage", {"text": f"<b>{'&lt;' * 4096}</b>\n", "parse_mode": "HTML"}),
    ("sendMessage", {"text": "文", "reply_markup": keyboard(callback_data="文" * 21 + "x")}),
    ("sendMessage", {"text": "文", "reply_markup": keyboard(copy_text={"text": "文" * 256})}),
    ("sendMessage", {"text": "文", "reply_markup": json.dumps({"keyboard": [["是", {"text": "否"}]]})}),
    ("sendMessage", {"text": "文", "reply_parameters": {"message_id": 77, "allow_sending_without_reply": True}}),
    ("setMyCommands", {"commands": [command(f"c_{n}", "文" * 256) for n in range(100)]}),
    ("setMyDescription", {"description": "文" * 512}),
    ("setMyShortDescription", {"short_description": "文" * 120}),
    ("setMyName", {"name": "文" * 64}),
    ("sendChatAction", {"action": "typing"}),
]


@pytest.mark.parametrize(("method", "parameters"), ALLOWED)
async def test_allowed(meeting: Meeting, method: str, parameters: dict[str, object]) -> None:
    await call(meeting.bot, method, **{"chat_id": meeting.alice.chat_id} | parameters)
    assert meeting.server.calls[-1].status == 200


INLINE_REFUSED = [
    ({"results": [article(id=str(n)) for n in range(51)]}, "RESULTS_TOO_MUCH"),
    ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    ({"results": [article(id="文" * 21 + "xx")]}, "RESULT_ID_INVALID"),
    ({"results": [article(id="")]}, "RESULT_ID_EMPTY"),
    ({"results": [article(title="")]}, "ARTICLE_TITLE_EMPTY"),
    ({"results": [article(type="poem")]}, "RESULT_TYPE_INVALID"),
    ({"results": [article(input_message_content={"message_text": ""})]}, "MESSAGE_EMPTY"),
    ({"results": [article(input_message_content={"message_text": "文" * 4097})]}, "MESSAGE_TOO_LONG"),
    ({"results": [article(reply_markup=json.loads(keyboard(callback_data="x" * 65)))]}, "BUTTON_DATA_INVALID"),
    ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
    ({"results": [], "button": {"text": "登录", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
]


@pytest.mark.parametrize(("parameters", "reason"), INLINE_REFUSED)
async def test_inline_refusals(meeting: Meeting, parameters: dict[str, object], reason: str) -> None:
    query = meeting.server.world.queries.ask()
    with pytest.raises(BadRequest):
        await call(meeting.bot, "answerInlineQuery", inline_query_id=query.query_id, **parameters)
    assert meeting.server.calls[-1].description == f"Bad Request: {reason}"
    # A refused answer does not use the query up.
    many = [article(id="文" * 21 + "x"), *(article(id=str(n)) for n in range(49))]
    await call(meeting.bot, "answerInlineQuery", inline_query_id=query.query_id, results=many)
