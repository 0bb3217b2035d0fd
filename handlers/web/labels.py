"""The ranking's features in Chinese, for those who ask why a clause was found. A test keeps them in step with the ranking."""

from __future__ import annotations

FORMS = {"sound": "读音相近", "thesaurus": "同义词", "place": "同一地方", "figure": "同一数字"}
"""Why a word was also looked up as another."""

STEPS = {"read": "读取文件", "index": "建立索引"}
"""What long work is at."""

KINDS = {
    "number": "电话号码",
    "website": "网址或渠道",
    "when": "时间",
    "how_much": "数额",
    "who": "对象",
    "where": "地点",
    "how": "办法",
    "what_measures": "措施",
    "which": "有哪些",
    "may_i": "能不能",
    "why": "为什么",
}
"""The kinds of thing a question may ask for."""

DOUBTS = {
    "place": "第一条出自另一个地方的文件",
    "how_much": "问的是数额，而第一条里没有",
    "number": "问的是电话号码，而第一条里没有",
    "where": "问的是去哪里办，而第一条里没有地点",
    "figure": "问到的号码、等级、届次或年份，第一条里没有",
    "subject": "第一条和它的标题都没有提到问题的主题",
    "vague": "问题只是一个地名、数字或每份文件都谈到的词",
}
"""Why the first clause is only offered, however likely it looks."""

SIGNS = {
    "share": "第一条在候选中的份额",
    "share_of_three": "前三条在候选中的份额",
    "spread": "候选之间的分散程度",
    "lead": "第一条领先第二条",
    "lead_over_third": "第一条领先第三条",
    "score": "第一条的总分",
    "question_weight": "问题的信息量",
    "question_terms": "问题的词数（含字对）",
    "question_words": "问题的完整词数",
    "question_length": "问题的字数",
    "rarest_weight": "最少见的词的权重",
    "second_rarest_weight": "第二少见的词的权重",
    "missing_weight": "标题与条款缺少的要点",
    "missing_word_weight": "标题与条款缺少的词语",
    "absent_word_weight": "整份文件缺少的词语",
    "covered_weight": "标题与条款有的原词",
    "covered_word_weight": "标题与条款有的完整词语",
    "covered_form_weight": "标题与条款有的要点（含同义、谐音）",
    "same_notice_of_3": "前三条中与第一条同文件的份额",
    "same_notice_of_5": "前五条中与第一条同文件的份额",
    "same_notice_of_10": "前十条中与第一条同文件的份额",
    "names_place": "问题提到地方",
}
"""What the confidence is computed from beside the first clause's features."""

FEATURES = {
    "bm25": "标题、小标题和正文的词语匹配（BM25）",
    "bm25_relative": "词语匹配，与最好的一条相比",
    "clause": "条款包含问题中多少要点",
    "sentence": "最相近的一句包含多少要点",
    "two_sentences": "最相近的连续两句包含多少要点",
    "title": "文件标题包含多少要点",
    "heading": "条款小标题包含多少要点",
    "title_and_clause": "标题与条款合起来包含多少要点",
    "notice": "整份文件包含多少要点",
    "notice_squared": "整份文件包含的要点（越全越重）",
    "exact": "标题与条款包含多少原词（不算同义、谐音）",
    "notice_exact": "整份文件包含多少原词（不算同义、谐音）",
    "words": "标题与条款包含多少完整词语",
    "notice_words": "整份文件包含多少完整词语",
    "rarest_missing": "标题与条款缺少的最关键的词",
    "rarest_absent": "整份文件缺少的最关键的词",
    "likeness": "与最相近一句的相似度",
    "position": "条款在文件中的位置",
    "first": "是文件的第一条",
    "last": "是文件的最后一条",
    "length": "条款的长度",
    "notice_length": "文件的条款数",
    "numbered": "是有编号的条款",
    "ends_open": "以冒号结尾（内容在下文）",
    "asks": "条款本身是提问",
    "place_in_title": "文件属于所问的地方",
    "place_in_clause": "条款提到所问的地方",
    "place_broader": "文件属于所问地方的同一省份",
    "place_differs": "文件属于别的地方",
    "place_absent": "文件没有提到所问的地方",
    "figures": "问题中的数字在标题或条款中出现",
    "asked_number": "问电话号码，句中有号码",
    "asked_website": "问网址或渠道，句中有",
    "asked_when": "问时间，句中有时间",
    "asked_how_much": "问数额，句中有数额",
    "asked_who": "问对象，句中有单位或人员",
    "asked_where": "问地点，句中有地点",
    "asked_which": "问有哪些，条款中有列举",
    "clause_number": "问电话号码，条款中有号码",
    "clause_when": "问时间，条款中有时间",
    "clause_how_much": "问数额，条款中有数额",
}


_COMPARED = {"_squared": "（平方）", "_lag": "：比候选中最高的少多少", "_of_five": "：前五条的平均"}


def feature_label(name: str) -> str:
    """A feature, or a sign of the confidence, in words. Raises KeyError for what is neither."""
    if name in FEATURES:
        return FEATURES[name]
    if name.startswith("asks_"):
        return f"问的是{KINDS[name.removeprefix('asks_')]}"
    for end, words in _COMPARED.items():
        if name.endswith(end):
            return FEATURES[name.removesuffix(end)] + words
    return SIGNS[name]
