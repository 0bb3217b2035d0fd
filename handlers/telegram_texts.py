"""Every sentence that the bot says on Telegram and that other surfaces do not; plain text unless said otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from knowledge.model import Metadata
from knowledge.people import Role

_BEIJING = timezone(timedelta(hours=8))

# About the bot, as Telegram shows it.

DESCRIPTION = (
    "把您的问题用平常话发给我，比如“厂里电费交不上，会不会断电？”，我会找出适用的政策条款，原文引用并注明出处。\n\n"
    "只引用政策原文，不编造答案；找不到时会直说，并告诉您怎么联系人工。"
)
SHORT_DESCRIPTION = "惠企政策问答：用平常话提问，得到政策原文和出处。"

# Starting, helping. HTML.

WELCOME = (
    "<b>您好，我是惠企政策助手。</b>\n\n"
    "把问题用平常话发给我就行，例如：\n"
    "· 厂里电费交不上，会不会断电？\n"
    "· 招不到工人，政府帮不帮忙？\n"
    "· 贷款快到期了，能不能续？\n\n"
    "我会找出适用的条款，原文引用并注明出处。接着追问（“那利息呢？”）也听得懂。\n"
    "可以问：{topics}。\n\n"
    "/policies 浏览全部通知，/help 查看全部命令。"
)
YOUR_ID = "您的 Telegram 编号：{id}"
GROUP_ID = "本群编号：{id}"
GROUP_FOR_STAFF = "要把“找人工”的提问转到本群，请把 HELPDESK_STAFF_CHAT_ID 设为这个编号，再重新启动。"
GROUP_OF_STAFF = "“找人工”的提问会转到本群。"
HELP = (
    "<b>怎么用</b>\n"
    "直接发文字提问；发出后改了问题，回答也会跟着改；半小时内可以接着追问。\n"
    "在群里，请 @我 或回复我的消息。\n"
    "找不到答案时，请拨打 {hotline}（{hours}）。"
)
COMMANDS_OF: dict[Role, str] = {"owner": "命令", "staff": "工作人员命令", "admin": "管理员命令"}
GROUP_HELLO = "大家好，我是惠企政策助手。在群里 @我 或回复我的消息写下问题，我会引用政策原文回答。/help 查看用法。"
PRIVATELY = '这个命令请在<a href="{link}">私聊</a>里使用。'
NOT_ALLOWED = "这个命令只供工作人员使用。如果您是工作人员，请向管理员要一个邀请链接。"

# Answering.

REFUSED = "没有找到适用的条款。"
REFUSED_MORE = "可以换个说法再问一次，或拨打 {hotline}（{hours}）。"
TOPICS_TO_ASK = "可以问的主题：{topics}。"
CHOOSE = "您问的可能是下面这几条，请选择："
NO_QUESTION = "请写下您的问题，例如：厂里电费交不上，会不会断电？"
SEE_HELP = "/help 查看用法。"
HELPFUL, UNHELPFUL = "👍 有帮助", "👎 没有帮助"
RELATED, NOTICE, COPY, PERSON, CALL = "相关条款", "全文", "复制引文", "找人工", "📞 通话"
THANKS = "谢谢，已记下。"
SORRY_UNHELPFUL = "已记下。可以换个说法再问，或点“找人工”。"
NOTHING_RELATED = "没有找到相关的其他条款。"
RELATED_TO = "相关条款："
TAP = "请点这里：/{name}"
GONE_QUESTION = "原来的问题已经看不到了，请重新提问。"
NOT_JUDGED = "没有记下：只有提问的人可以评价，记录已删除的问题也不能再评价。"

# A person.

PASSED_ON = "您的问题已转给工作人员，他们会通过 Telegram 联系您。"
PASSED_ALREADY = "您的问题此前已经转给工作人员。"
NOT_PASSED = "您的问题这次没能转给工作人员，请拨打电话，或稍后再点一次。"
NOT_PASSED_GONE = "原来的问题已经看不到了，没有转给工作人员。请重新提问，再点“找人工”，或拨打电话。"
FOR_STAFF = "有人需要人工答复"
ASKED_BEFORE, WAS_ANSWERED, FROM_PERSON = "在此之前问过：", "机器人的回答：", "提问人"

# Everything that is no question.

VOICE = "我还听不懂语音，请把问题打成文字发给我。"
PHOTO = "我还看不懂图片和视频，请把想问的写成文字发给我。"
STICKER = "收到😊 有政策方面的问题，请直接写给我。"
LOCATION = "谢谢，不过我用不上位置。请用文字写下您的问题。"
DOCUMENT = "我不处理您发来的文件。请用文字写下您的问题。"
OTHER = "这类消息我还处理不了，请用文字写下您的问题。"
UNKNOWN_COMMAND = "没有这个命令。/help 查看全部命令；提问不需要命令，直接写就行。"
SEND_ANEW = "修改旧消息不会执行 /{name}，请把它作为新消息发送。"
SEND_FILE_ANEW = "修改过的文件不会重新读取，请作为新消息发送。"
DEAD_BUTTON = "这个按钮已经不能用了，请重新操作。"
BROKEN = "出了点问题，已经记录下来。请稍后再试，或拨打 {hotline}。"

# Browsing.

BROWSE = "按什么浏览？"
FACETS: dict[str, str] = {"topic": "主题", "department": "部门", "level": "级别", "date": "日期"}
ALL_NOTICES = "全部（新的在前）"
WHICH = "请选择{facet}："
NO_VALUES = "现有的通知都没有注明{facet}。"
NOTICES_OF = "{what}：共 {count} 份通知"
NO_NOTICES = "没有这样的通知。"
BROWSE_STALE = "知识库已更新，请从 /policies 重新开始。"
NOTICE_GONE = "没有找到这份通知，它可能已被撤下。"
BACK = "‹ 返回"
HOT = "近 30 天大家最常问到的条款："
NO_HOT = "还没有足够的提问，过些天再来看看。"

# What is kept.

HISTORY = "您最近问过："
NO_HISTORY = "没有您的提问记录。"
HISTORY_ELSEWHERE = "提问记录只能在私聊里查看，请在那里发 /history。"
PRIVACY = (
    "<b>我们保存什么</b>\n"
    "· 您的问题、回答的结果和您的评价，用来改进答案和统计常见问题；\n"
    "· 不保存您的姓名、头像、电话和 Telegram 编号：记录里只有一个无法还原的代号；\n"
    "· {days} 天后自动删除；\n"
    "· 您点“找人工”时，这个问题和回答、在此之前半小时内的提问，以及您的 Telegram 名称会转给工作人员。\n\n"
    "/history 查看您的记录，/forget 立即全部删除。"
)
FORGOTTEN = "已删除：{questions} 条提问（连同回答结果）、{judgements} 条评价。"
NOTHING_KEPT = "没有保存您的任何提问或评价，无需删除。"
STILL_MEMBER = "您是工作人员，姓名、角色和操作记录按规定保留。"

# Staff.

FIND_USAGE = (
    "用法：/find 贷款 级别:省级 部门:工信 主题:综合类 地区:湖南 自:2020-02 至:2020-03\n"
    "条件可以只写一部分；冒号中英文都行。"
)
FIND_WORDS = "请在条件之外再写上要找的词，例如：/find 贷款 级别:省级\n只按条件浏览通知，请用 /policies。"
FOUND = "{what}：第 {first}—{last} 条"
FOUND_NONE = "没有符合条件的条款。"
NO_VALUE = "没有{name}“{value}”的通知。现有：{values}。"
MANY_VALUES = "{name}“{value}”不止一个：{values}。请写完整。"
OF_SO_MANY = " 等 {count} 个"
UNKNOWN_FILTER = "没有“{name}”这个条件，可以写的有：{names}。如果“{typed}”是要找的词，请去掉冒号。"
EMPTY_FILTER = "“{name}:”后面没有写内容。请补上，例如 {name}:{example}，或去掉这个条件。"
REPEATED_FILTER = "“{name}”写了不止一次，只能按一个查，请去掉其余的。"
BAD_DATE = "“{value}”不是日期，请写成 2020-02 或 2020-02-15。"
CLAUSE_USAGE = "用法：/clause 条款编号（/find 的结果里有编号）"
CALL_MARK = "📞"
NO_CLAUSE = "没有编号为 {id} 的条款，请用 /find 查找。"
CALL_USAGE = "📞 通话模式：回复本条消息写下来电人的问题（或条款编号），就会得到朗读、原文和转发文本。"
CALL_PLACEHOLDER = "来电人的问题"
CALL_REFUSED = "对不起，现有的政策文件里没有找到这方面的规定。"
CALL_REFUSED_MORE = "（没有找到。可以换个说法，再回复本条消息问一次，或用 /find 查找。）"
READ_ALOUD, EXACT, FORWARD = "📞 朗读", "原文", "转发文本（点一下即可复制）"
LOGIN = "网页工作台登录链接（{minutes} 分钟内有效，只能用一次）："
LOGIN_CODE = "网页工作台的登录码（{minutes} 分钟内有效，只能用一次），请在登录页输入："
INLINE_NONE = "没有找到，去和我聊聊"
INLINE_OFF = "直接问我"
INLINE_HINT = "请接着输入要查的内容，例如：续贷"

# Administrators.

READING, INDEXING, PUBLISHING = "正在读取文件", "正在建立索引", "正在发布"
PREVIEW = "<b>重新读取的结果</b>"
POLICIES_CHANGED = "通知：新增 {added}，修改 {changed}，撤下 {gone}，未变 {same}"
CLAUSES_CHANGED = "条款：新增 {added}，修改 {changed}，删除 {gone}"
NO_CHANGE = "没有变化，版本 {number} 继续有效。"
FAULTS = "<b>发现的问题（{count}）</b>"
NOT_READ, TO_CHECK = "❌ 未读入", "⚠️ 请核对"
THESAURUS_CHANGED = "同义词表有变化。"
MORE = "……另有 {count} 处"
MORE_CHANGES = "（本条另有 {count} 处不同）"
ONLY_SPACES, NO_WORDS, OLD_WORDS, NEW_WORDS = "只有空格或换行不同", "（无）", "原文：", "新文："
ALL_CHANGES = "全部变化见随后的文件。"
CHANGES_FILE = "changes.txt"
PUBLISH, CANCEL = "✅ 发布", "取消"
CANCELLED = "已取消，什么也没有改变。"
PUBLISHED = "已发布版本 {number}：{policies} 份通知，{clauses} 条条款。"
CHANGED_MEANWHILE = "预览之后文件或版本又有变化，没有发布。请重新 /reload。"
NOT_YOURS = "这个按钮只有发起的人能按，一天内有效；什么也没有做。"
PRESSED_ALREADY = "这个按钮已经按过了；什么也没有做。"
RELEASES = "<b>已发布的版本</b>"
RELEASE = "{mark}版本 {number}　{when}　{policies} 份通知 {clauses} 条"
ROLL_BACK = "恢复 {number}"
ROLLBACK_USAGE = "用法：/rollback 版本号（/releases 查看）"
ROLLBACK_ASK = "恢复到版本 {number}（{when}，{policies} 份通知，{clauses} 条条款）？"
ROLLED_BACK = "版本 {number} 已重新生效：{policies} 份通知，{clauses} 条条款。"
ROLLED_BACK_ALREADY = "版本 {number} 正在生效，不需要恢复。"
NO_RELEASE = "没有版本 {number}，请用 /releases 查看。"
UPLOADED = "<b>收到文件，读取结果如下（尚未发布）</b>"
UPLOAD_UNREADABLE = "这个文件读不出通知：{cause}"
UPLOAD_TOO_LARGE = "文件太大：Telegram 最多让我下载 20 MB，本系统最多读 {limit} MB。请拆分或放进政策文件夹后 /reload。"
UPLOAD_GONE = "原来的文件已经看不到了，请重新发送。"
UPLOAD_NOT_FETCHED = "没能从 Telegram 取到这个文件，什么也没有改变。请过几分钟重新发送。"
UPLOAD_REPLACES = "文件夹里已有同名通知，发布后以这份为准。"
UPLOAD_MORE = "文件已放进政策文件夹。文件夹里还有其他变化，请看过下面的预览再发布："
CLAUSES_OF = "条款（{count}）"
FIELDS: dict[str, str] = {
    "title": "标题",
    "issuer": "发文机关",
    "document_number": "文号",
    "level": "级别",
    "department": "部门",
    "topics": "主题",
    "region": "地区",
    "published": "发布",
    "signed": "成文",
    "in_force_from": "生效",
    "in_force_until": "失效",
}

# Members.

ROLE_NAMES: dict[Role, str] = {"owner": "企业主", "staff": "客服", "admin": "管理员"}
MEMBERS = "<b>工作人员（{count}）</b>"
MEMBER = "#{id} {name}　{role}　{since} 起（{by}）"
NAME_AND_ID = "{name}（Telegram {id}）"
APPOINT_USAGE = (
    "用法：\n· 回复某人的消息：/appoint 客服（或 管理员）\n· /appoint 客服 Telegram编号 姓名\n"
    "· /appoint 客服 —— 生成一次性邀请链接"
)
APPOINTED = "{name} 现在是{role}（#{id}）。"
LOWER_ASK = "{name} 现在是{now}，改为{role}？{now}的权限和其发出的邀请链接将立即失效。"
LOWER = "改为{role}"
YOU_ARE = "您现在是{role}。/help 查看您可以用的命令。"
INVITE = "{role}邀请链接，{hours} 小时内有效，只能用一次，请只发给本人："
NOT_A_PERSON = "这是机器人或匿名身份的消息，无法任命。请回复本人的消息，或使用编号、邀请链接。"
NOT_ONE_PERSON = "这个编号属于机器人、频道或匿名管理员，不是某一个人，无法任命。请使用本人的编号或邀请链接。"
JOINED_BY_NOBODY = "匿名身份不能接受邀请，链接没有用掉：请本人在私聊里打开它。"
DISMISS_USAGE = "用法：/dismiss #成员号 或 Telegram 编号，或回复其消息 /dismiss"
DISMISS_ASK = "撤销 {name}（{role}）？其登录和链接将立即失效。"
DISMISS = "撤销"
DISMISSED = "已撤销 {name} 的{role}身份。"
NO_MEMBER = "没有这位工作人员，/members 查看名单。"
AUDIT = "<b>操作记录</b>"
NO_AUDIT = "还没有记录。"
GAPS = "近 {days} 天没有找到答案的提问："
NO_GAPS = "近 {days} 天没有找不到答案的提问。"
USAGE = "近 {days} 天的使用情况（问/答/选/无，👍/👎）："


def moment(when: datetime) -> str:
    """A moment as people in China read it, to the minute."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return f"{aware.astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def field(metadata: Metadata, name: str) -> str:
    """A field of the metadata as words; "" where the notice does not say."""
    value = getattr(metadata, name)
    if isinstance(value, tuple):
        return "、".join(value)
    return value.isoformat() if isinstance(value, date) else value or ""
