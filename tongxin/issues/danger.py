"""Words of danger: somebody should telephone before they fill in a form (domain.md 119). Pure."""

WORDS = (
    "着火",
    "起火",
    "火灾",
    "失火",
    "打人",
    "打架",
    "杀人",
    "动刀",
    "触电",
    "漏电",
    "喝药",
    "喝农药",
    "自杀",
    "跳楼",
    "跳井",
    "落水",
    "溺水",
    "掉河里",
    "煤气",
    "中毒",
    "塌方",
    "塌了人",
    "埋人",
    "昏迷",
    "晕倒",
    "出血",
    "车祸",
)


def is_danger(text: str) -> bool:
    """Whether a sentence speaks of something for 110, 119 or 120."""
    return any(word in text for word in WORDS)
