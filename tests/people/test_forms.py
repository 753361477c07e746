"""Shapes of the register's forms."""

from tongxin.people.forms import MORE_ROWS, MemberForm, further_rows
from tongxin.people.models import Relation


def test_a_row_without_a_name_is_nobody():
    data = {"row-TOTAL_FORMS": "2", "row-INITIAL_FORMS": "0"}
    for i, name in enumerate(("田小柱", "")):
        data |= {f"row-{i}-{k}": v for k, v in {"name": name, "relation": "20", "sex": "1"}.items()}
        data |= {f"row-{i}-residence": "registered", f"row-{i}-birth_year": ""}
    rows = further_rows(data)
    assert rows.is_valid()
    assert [form.member().name for form in rows.filled()] == ["田小柱"]


def test_the_first_sheet_has_rows_for_the_usual_relations():
    rows = further_rows()
    assert len(rows.forms) == MORE_ROWS + 4
    assert rows.forms[0].initial["relation"] == Relation.SPOUSE


def test_only_the_name_is_required_of_a_member():
    form = MemberForm({"name": "王某", "relation": "02", "sex": "0", "residence": "registered"})
    assert form.is_valid(), form.errors
    assert form.member().phone == ""
