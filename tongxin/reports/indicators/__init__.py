"""The registry of indicators: each figure of the village report with its definition and its way to the records.

A domain that comes later fills `count` and `rows` of its figures here; the codes do not change.
"""

from tongxin.reports.indicators import core, distance, governance, industry, mechanism, sections
from tongxin.reports.indicators.kinds import Indicator, Part, Section

EDITION = 1  # of the definitions; a changed definition is a new edition, and stands in CHANGELOG.md

ALL: tuple[Indicator, ...] = (*core.ALL, *industry.ALL, *governance.ALL, *mechanism.ALL, *distance.ALL)
_BY_CODE = {indicator.code: indicator for indicator in ALL}


def by_code(code: str) -> Indicator | None:
    return _BY_CODE.get(code)


def of_part(part: Part) -> list[tuple[Section, list[Indicator]]]:
    """The sections of a ring in their order, each with its figures."""
    return [
        (section, [indicator for indicator in ALL if indicator.section is section])
        for section in sections.ORDER
        if section.part is part
    ]
