"""The figures in sentences, in the words of such accounts."""

from decimal import Decimal

from django.utils.translation import override

from tongxin.reports import indicators
from tongxin.reports.indicators.kinds import Share
from tongxin.reports.indicators.paragraph import SENTENCES, paragraph

ACCOUNT = {
    "shareholding_households": 83,
    "average_dividend": Decimal("1368.00"),
    "base_workers": 106,
    "base_worker_gain": Decimal("21200.00"),
    "greenhouse_investment": Decimal("630000.00"),
    "people_working_away": 817,
    "work_away_income": Decimal("16340000.00"),
    "culture_wall_metres": Decimal("180.0"),
    "closed_loop_share": Share(17, 17),
    "people": None,
}


def plain(lines: list[str]) -> str:
    return "\n".join(lines).replace("\u202f", " ")


def test_it_reads_as_such_accounts_are_written():
    with override("zh-hans"):
        told = plain(paragraph(ACCOUNT))
    assert "83 户入股合作社，户均分红 1 368 元。" in told
    assert "100 余人在基地干活，人均年增收 2 万元以上。" in told
    assert "投入大棚 63 万元。" in told
    assert "817 人在外务工，收入 1 600 多万元。" in told
    assert "180 米" in told
    assert "人口" not in told


def test_it_reads_in_english_too():
    with override("en"):
        told = plain(paragraph(ACCOUNT))
    assert "83 households hold shares in the cooperative, each received 1 368 yuan on average." in told
    assert "More than 100 people work at the bases" in told
    assert "up by 20 000 yuan or more on average." in told
    assert "they earned more than 16 000 000 yuan." in told


def test_what_is_not_recorded_is_not_said():
    assert paragraph({}) == []
    assert paragraph({"people": None, "groups": None}) == []


def test_every_clause_stands_for_a_figure_once():
    codes = [clause.code for sentence in SENTENCES for clause in sentence]
    assert len(codes) == len(set(codes))
    assert all(indicators.by_code(code) for code in codes)
