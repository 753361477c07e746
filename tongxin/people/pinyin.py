"""Names in pinyin, for sorting and for search by initials. Surnames have readings of their own. Pure."""

SURNAME_READINGS = dict(
    zip(
        "单曾解仇区查盖朴任华覃种乐缪宓尉翟洗晟召那黑折纪员逄",
        [
            "shan",
            "zeng",
            "xie",
            "qiu",
            "ou",
            "zha",
            "ge",
            "piao",
            "ren",
            "hua",
            "qin",
            "chong",
            "yue",
            "miao",
            "fu",
            "yu",
            "zhai",
            "xian",
            "cheng",
            "shao",
            "na",
            "he",
            "she",
            "ji",
            "yun",
            "pang",
        ],
        strict=True,
    )
)


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
