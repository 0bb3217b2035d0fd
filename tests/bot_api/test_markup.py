"""HTML that is refused, and what is made of the HTML that is not; every message is sent by python-telegram-bot."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest

from .conftest import Meeting
from .markup import parse_html
from .text import FormattedText, settle

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD_HTML = [
    ("利率 < 3%", 'Unsupported start tag "" at byte offset 7'),
    ("<p>段</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("一<br/>二", 'Unsupported start tag "br/" at byte offset 3'),
    ("一</b>", "Unexpected end tag at byte offset 3"),
    ("一<b", "Unclosed start tag at byte offset 3"),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
    ("<a =x>一</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<a href=x/y>一</a>", "Unexpected end of name token at byte offset 8"),
    ("<b>一</b", "Unclosed end tag at byte offset 6"),
    ("<b>一", 'Can\'t find end tag corresponding to start tag "b"'),
    ("<b><i>一</b></i>", 'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
    ("<b>一</strong>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</strong>"'),
    ("<span>一</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<tg-emoji>🙂</tg-emoji>", "Invalid custom emoji identifier specified"),
    (
        "&#xD800;",
        "Text contains invalid Unicode characters after decoding HTML entities, "
        "check for unmatched surrogate code units",
    ),
]


@pytest.mark.parametrize(("source", "reason"), BAD_HTML)
async def test_html_that_is_refused(meeting: Meeting, source: str, reason: str) -> None:
    with pytest.raises(BadRequest):
        await meeting.bot.send_message(meeting.alice.chat_id, source, parse_mode="HTML")
    assert meeting.server.calls[-1].description == f"Bad Request: can't parse entities: {reason}"


# source, the words that are left, and the entities as (type, the words they cover)
GOOD_HTML = [
    ("<b>甲</b><strong>乙</strong>", "甲乙", [("bold", "甲"), ("bold", "乙")]),
    ("<i>甲</i> <em>乙</em>", "甲 乙", [("italic", "甲"), ("italic", "乙")]),
    ("<u>甲</u><ins>乙</ins>", "甲乙", [("underline", "甲"), ("underline", "乙")]),
    ("<s>甲</s><strike>乙</strike><del>丙</del>", "甲乙丙", [("strikethrough", c) for c in "甲乙丙"]),
    ("<tg-spoiler>甲</tg-spoiler>", "甲", [("spoiler", "甲")]),
    ("<span class='tg-spoiler'>甲</span>", "甲", [("spoiler", "甲")]),
    ("<blockquote>甲</blockquote>", "甲", [("blockquote", "甲")]),
    ("<blockquote expandable>甲\n乙</blockquote>", "甲\n乙", [("expandable_blockquote", "甲\n乙")]),
    ("<blockquote expandable><b>甲</b></blockquote>", "甲", [("expandable_blockquote", "甲"), ("bold", "甲")]),
    ("<b>🏛<i>甲</i></b>", "🏛甲", [("bold", "🏛甲"), ("italic", "甲")]),
    ("<code>x</code> <pre>y</pre>", "x y", [("code", "x"), ("pre", "y")]),
    ('<pre><code class="language-python">x</code></pre>', "x", [("pre", "x")]),
    ("<B>甲</B><i>乙</>", "甲乙", [("bold", "甲"), ("italic", "乙")]),
    ('<a href="https://gov.cn/a?b=1&amp;c=2">甲</a>', "甲", [("text_link", "甲")]),
    ('<a href="javascript:alert(1)">甲</a>', "甲", []),
    ("<b></b>甲", "甲", []),
    ("&lt;&amp;&gt;&quot;&#33;&#x4e2d;&nbsp;&lt", '<&>"!中&nbsp;<', []),
    # what Telegram settles without a word
    ("  <b> 甲 </b>  ", "甲", [("bold", "甲")]),
    ("<code><b>x</b></code>", "x", [("code", "x")]),
    ("<b>甲<code>x</code>乙</b>", "甲x乙", [("bold", "甲"), ("code", "x"), ("bold", "乙")]),
    ('<a href="https://gov.cn"><code>x</code></a>', "x", [("code", "x")]),
    ("<blockquote>甲<blockquote>乙</blockquote></blockquote>", "甲乙", [("blockquote", "甲乙")]),
    # what it finds by itself
    (
        "/find 贷款 @alice #政策",
        "/find 贷款 @alice #政策",
        [("bot_command", "/find"), ("mention", "@alice"), ("hashtag", "#政策")],
    ),
    (
        "见 https://gov.cn/a. 电 a@gov.cn",
        "见 https://gov.cn/a. 电 a@gov.cn",
        [("url", "https://gov.cn/a"), ("email", "a@gov.cn")],
    ),
    ("<code>/find</code> 和/或", "/find 和/或", [("code", "/find")]),
]


@pytest.mark.parametrize(("source", "text", "marked"), GOOD_HTML)
async def test_html_that_is_read(meeting: Meeting, source: str, text: str, marked: list[tuple[str, str]]) -> None:
    sent = await meeting.bot.send_message(meeting.alice.chat_id, source, parse_mode="HTML")
    assert sent.text == text
    assert [(entity.type, sent.parse_entity(entity)) for entity in sent.entities] == marked
    # What is kept can be written as HTML and read again.
    kept = meeting.alice.messages[-1]
    again = parse_html(kept.html)
    assert settle(again.text, again.entities) == FormattedText(kept.text, kept.entities)


async def test_links_and_mentions_keep_their_target(meeting: Meeting) -> None:
    source = (
        f'<a href="GOV.cn">甲</a> <a href="tg://user?id={meeting.alice.user.id}">乙</a> <a href="tg://user?id=1">丙</a>'
    )
    sent = await meeting.bot.send_message(meeting.alice.chat_id, source, parse_mode="HTML")
    link, mention = sent.entities
    assert (link.type, link.url) == ("text_link", "http://GOV.cn/")
    assert mention.user is not None
    assert (mention.type, mention.user.first_name) == ("text_mention", "Alice")
