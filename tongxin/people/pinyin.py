"""Names in pinyin, for sorting and for search by initials. Surnames have readings of their own. Pure."""

SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha",
    "盖": "ge", "朴": "piao",
    "任": "ren",    "华": "hua", "覃": "qin", "种": "chong", "乐": "yue", "缪": "miao",
    "宓": "fu", "尉": "yu", "翟": "zhai",
    "洗": "xian",    "晟": "cheng", "召": "shao", "那": "na", "黑": "he", "折": "she", "纪": "ji", "员": "yun", "逄": "pang",
}  # fmt: skip


def syllables(name: str) -> list[str]:
    """One lower-case syllable a character; what has no reading stays as it is."""
    from pypinyin import Style, lazy_pinyin  # half a second and 20 MB: only where names are written

    name = name.strip()
    read = lazy_pinyin(name, style=Style.NORMAL)
    if name and name[0] in SURNAME_READINGS and read:
        read[0] = SURNAME_READINGS[name[0]]
    return [part.lower() for part in read]


def key(name: str) -> str:
    """`key("单明")` is "shan ming": sorts as people expect, whatever the database's collation."""
    return " ".join(syllables(name))[:160]


def initials(name: str) -> str:
    """`initials("单明")` is "sm"."""
    return "".join(part[:1] for part in syllables(name))[:32]
