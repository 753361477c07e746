"""The catalogue tool, on a small tree of its own."""

import json

import pytest

from tongxin.core import catalogue

PAGE = """{% load i18n %}
  <h1>{% translate "Tell us" %}</h1>
    <p>{% blocktranslate trimmed count n=n %}
      One neighbour
    {% plural %}
      {{ n }} neighbours
    {% endblocktranslate %}</p>
  <p>{% blocktranslate trimmed context "greeting" with name=person.name %}Hello {{ name }}{% endblocktranslate %}</p>
<a title="{{ _('Call') }}" href="#">{% icon "phone" label=_("Phone") %}</a>
"""
CODE = """from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Due on %(day)s")
B = ngettext("%(n)s day", "%(n)s days", 2)
C = pgettext("street", "Light")
"""
CHINESE = {
    "Tell us": "说事",
    "One neighbour": "%(n)s 位邻居",
    "greeting\u0004Hello %(name)s": "%(name)s，您好",
    "Call": "打电话",
    "Phone": "电话",
    "Due on %(day)s": "%(day)s前办完",
    "%(n)s days": "%(n)s 天",
    "street\u0004Light": "路灯",
}


@pytest.fixture
def tree(tmp_path):
    app = tmp_path / "tongxin" / "issues"
    (app / "templates" / "issues").mkdir(parents=True)
    (app / "templates" / "issues" / "resident_tell.html").write_text(PAGE, "utf-8")
    (app / "models.py").write_text(CODE, "utf-8")
    (tmp_path / "locale").mkdir()
    return tmp_path


def test_code_and_templates_are_read_without_gettext(tree):
    messages = catalogue.said(tree)
    assert messages.keys() == (CHINESE.keys() - {"%(n)s days"}) | {"%(n)s day"}
    assert messages["One neighbour"].plural == "%(n)s neighbours"
    assert messages["%(n)s day"].plural == "%(n)s days"


def test_the_sentences_of_the_matrix_are_read_too(tree):
    lines = '[relation]\nnear = "It is near."\n[open.a]\nb = { does = "Come in", because = "anybody may" }\n'
    (tree / "tongxin" / "matrix.toml").write_text(lines, "utf-8")
    found = catalogue.said(tree)
    assert {"It is near.", "Come in", "anybody may"} <= found.keys()
    (tree / "tongxin" / "matrix.toml").write_text("[[", "utf-8")
    assert any("cannot be read" in finding for finding in catalogue.findings(tree))


def test_a_tree_with_its_chinese_has_no_findings(tree):
    catalogue.put(CHINESE, root=tree)
    assert catalogue.findings(tree) == []
    assert catalogue.load(tree, "zh_Hant")["Tell us"] == "說事"
    assert catalogue.load(tree, "en")["One neighbour"] == "%(n)s neighbours"
    assert catalogue.po(tree, "zh_Hans").with_suffix(".mo").stat().st_size > 300


def test_the_chinese_of_a_plural_may_be_given_for_either_form(tree):
    catalogue.put(CHINESE, root=tree)
    assert catalogue.load(tree, "zh_Hans")["%(n)s day"] == "%(n)s 天"


def test_a_reviewed_traditional_text_outlasts_the_next_filling(tree):
    catalogue.put(CHINESE, root=tree)
    catalogue.put({"Call": "撥電話"}, "zh_Hant", root=tree)
    catalogue.put({"Tell us": "我要说事"}, root=tree)
    assert catalogue.load(tree, "zh_Hant")["Call"] == "撥電話"
    assert catalogue.findings(tree) == []


def test_writing_twice_changes_nothing(tree):
    catalogue.put(CHINESE, root=tree)
    before = catalogue.po(tree, "zh_Hans").read_bytes()
    catalogue.put({}, root=tree)
    assert catalogue.po(tree, "zh_Hans").read_bytes() == before


def test_what_no_code_says_any_more_is_dropped(tree):
    catalogue.put(CHINESE | {"Old words": "旧话"}, root=tree)
    assert catalogue.prune(tree) == ["Old words"]
    assert "Old words" not in catalogue.load(tree, "zh_Hant")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"Tell us": ""}, "no Chinese: 'Tell us'"),
        ({"Tell us": "Tell us"}, "no Chinese: 'Tell us'"),
        ({"Due on %(day)s": "前办完"}, "placeholders differ"),
        ({"Due on %(day)s": "%(date)s前办完"}, "placeholders differ"),
        ({"One neighbour": "邻居"}, "placeholders differ"),
        ({"Tell us": "提交申请"}, "an office word on a resident's page"),
    ],
)
def test_a_faulty_text_is_found(tree, fault, said):
    catalogue.put(CHINESE | fault, root=tree)
    assert any(said in line for line in catalogue.findings(tree))


def test_a_forgotten_filling_is_found(tree):
    catalogue.put(CHINESE, root=tree)
    texts = catalogue.load(tree, "zh_Hans") | {"Call": "拨电话"}
    catalogue.save(tree, "zh_Hans", texts, catalogue.said(tree))
    assert any("zh_Hant: stale" in line for line in catalogue.findings(tree))


def test_chinese_as_a_msgid_is_found(tree):
    (tree / "tongxin" / "issues" / "actions.py").write_text('A = _("办好了")\n', "utf-8")
    assert any("short English" in line for line in catalogue.findings(tree))


def test_a_file_that_somebody_is_writing_is_a_finding_and_no_crash(tree):
    catalogue.put(CHINESE, root=tree)
    (tree / "tongxin" / "issues" / "views.py").write_text('A = _("Half', "utf-8")
    assert any("cannot be read" in line for line in catalogue.findings(tree))


def test_extract_prints_what_set_takes(tree, capsys, monkeypatch):
    monkeypatch.setattr(catalogue, "missing", lambda: dict.fromkeys(catalogue.said(tree), ""))
    assert catalogue.main(["extract"]) == 0
    assert json.loads(capsys.readouterr().out)["Call"] == ""
