"""Words of courtesy, which ask nothing: greeted back, not answered with a clause and not kept as a question."""

from __future__ import annotations

import re
import unicodedata

from handlers import texts

# What people write besides questions, without spaces and punctuation; the whole message must be one of them.
_GREETINGS = """
    你好 您好 你好呀 您好呀 大家好 哈喽 嗨 hi hello 在吗 在么 在不在 有人吗 在线吗 早 早上好 上午好 中午好 下午好 晚上好
    你是谁 您是谁 你是什么 怎么用 怎么使用 帮助 help
"""
_THANKS = """
    谢谢 谢谢你 谢谢您 谢谢了 多谢 感谢 非常感谢 好的谢谢 好谢谢 谢谢再见 thanks thankyou 再见 拜拜 辛苦了
    好 好的 好吧 行 嗯 嗯嗯 哦 ok 明白 明白了 知道了 了解 收到
"""
_PERSON = """
    人工 转人工 找人工 要人工 人工服务 人工客服 转人工服务 转人工客服 转接人工 客服 找客服 联系客服
    电话 热线 热线电话 客服电话 人工电话
"""
_ASKS_FOR_A_PERSON = frozenset(_PERSON.split())
_REPLIES = {
    **dict.fromkeys(_GREETINGS.split(), texts.GREETING),
    **dict.fromkeys(_THANKS.split(), texts.YOU_ARE_WELCOME),
}
_NO_WORD = re.compile(r"[\W_]+")


def courtesy(said: str, hotline: str, hours: str) -> str:
    """What is said back to a message of nothing but courtesy, or one that asks for a person; "" to everything else.

    ``hotline`` is answered at ``hours``.
    """
    words = _NO_WORD.sub("", unicodedata.normalize("NFKC", said).lower())
    return texts.hotline(hotline, hours) if words in _ASKS_FOR_A_PERSON else _REPLIES.get(words, "")
