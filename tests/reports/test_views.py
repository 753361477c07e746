"""The report, its figures for machines and the rows behind them, as each reader meets them."""

import io
import json
import re
import zipfile

import pytest

from tongxin.reports import indicators, views
from tongxin.reports.indicators.kinds import Sensitivity

ON = {"on": "2023-06-30"}
KEPT = {"households", "people", "party_households", "legal_advisers", "mediators", "grid_leads_share"}
OFFICE = [i.code for i in indicators.ALL if i.sensitivity is Sensitivity.OFFICE]
NAMES = ("甲00", "某户", "官某", "老槐树", "故人")  # of people and houses


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.users["secretary"])
    return client


@pytest.fixture
def stranger(client, cast):
    """The secretary of the next village."""
    client.force_login(cast.users["stranger"])
    return client


def sheet(response) -> str:
    """All texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
    return "\n".join(parts)


# --- the page -----------------------------------------------------------------------------------------------------
def test_everybody_reads_the_report_and_every_figure_leads_to_its_rows(client, cast):
    page = client.get("/report/", ON)
    text = page.content.decode()
    assert page.status_code == 200
    assert sorted(re.findall(r'data-code="(\w+)"', text)) == sorted(i.code for i in indicators.ALL)
    assert text.count("没有登记") >= 44
    assert "截至 2023 年 6 月 30 日" in text
    assert "时期 2022 年 7 月 1 日至 2023 年 6 月 30 日" in text
    for address in re.findall(r'href="([^"]+)" data-code', text):
        assert address.endswith("?on=2023-06-30")
        assert client.get(address).status_code == 200, address


def test_the_page_is_made_with_few_questions(client, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        client.get("/report/", ON)
    client.force_login(cast.users["secretary"])
    with django_assert_max_num_queries(16):
        client.get("/report/", ON)


def test_it_has_charts_with_their_tables_and_the_figures_in_sentences(client, cast):
    text = client.get("/report/", ON).content.decode()
    assert text.count('<svg viewBox="0 0 300 300" class="circles"') == 1
    for picture in ("households_by_group", "people_by_group", "matters_by_end", "households_by_grid"):
        part = text[text.index(f'id="{picture}"') :]
        assert "<svg" in part[: part.index("</figure>")]
        assert "<tbody>" in part[: part.index("</figure>")]
    assert "收到 9 件急事，办结 3 件" in text
    assert "全村有 2 个村民小组，5 户，16 人，分成 2 个网格。" in text
    assert "style=" not in text


def test_without_a_day_it_is_today(client, cast):
    assert client.get("/report/").status_code == 200
    assert (
        json.loads(client.get("/report.json").content)["period"][1]
        == json.loads(client.get("/report.json").content)["on"]
    )


def test_a_day_that_has_not_come_is_answered_with_a_sentence(client, cast):
    for address in ("/report/", "/report/people/"):
        page = client.get(address, {"on": "2099-01-01"})
        assert page.status_code == 200
        assert "这一天还没到。" in page.content.decode()
        assert "data-code" not in page.content.decode()


@pytest.mark.parametrize("day", ["2023-13-01", "tomorrow", "<script>", "0000-00-00"])
def test_what_is_no_day_is_refused_with_a_sentence(client, cast, day):
    page = client.get("/report/", {"on": day})
    assert page.status_code == 400
    assert "日子请写成 2023-06-30 这样。" in page.content.decode()
    assert "<script>" not in page.content.decode().split("<main")[1].split("</main>")[0]
    assert client.get("/report/people/", {"on": day}).status_code == 400


def test_the_first_day_goes_with_every_link(client, cast):
    text = client.get("/report/", {"on": "2023-06-30", "from": "2023-01-01"}).content.decode()
    assert 'href="/report/matters_solved/?from=2023-01-01&amp;on=2023-06-30"' in text
    assert "时期 2023 年 1 月 1 日至 2023 年 6 月 30 日" in text
    bad = client.get("/report/", {"on": "2023-06-30", "from": "2023-07-01"})
    assert (bad.status_code, "开始的日子在截止的后面。" in bad.content.decode()) == (400, True)


def test_synthetic_data_says_so(client, cast):
    assert "示例数据，不是真实村民" not in client.get("/report/", ON).content.decode()
    from tongxin.territory import queries

    cast.village.is_demo = True
    cast.village.save()
    queries.forget_villages()
    for address in ("/report/", "/report/people/"):
        assert "示例数据，不是真实村民" in client.get(address, ON).content.decode()


def test_another_village_under_its_prefix_keeps_its_links(client, cast):
    text = client.get("/there/report/", ON).content.decode()
    assert "邻村" in text
    assert 'href="/there/report/people/?on=2023-06-30"' in text
    figures = {f["code"]: f["value"] for f in json.loads(client.get("/there/report.json", ON).content)["figures"]}
    assert figures["people"] is None
    assert figures["party_branches"] == "1"


def test_nothing_is_written_through_it(client, cast):
    for address in ("/report/", "/report.json", "/report/people/"):
        assert client.post(address, ON).status_code == 405


# --- for machines ---------------------------------------------------------------------------------------------------
def test_the_figures_for_machines_have_exactly_this_shape(client, cast):
    answer = client.get("/report.json", ON)
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert "户籍人口" in answer.content.decode()  # in plain letters
    body = json.loads(answer.content)
    assert list(body) == ["village", "on", "period", "figures"]
    assert (body["village"], body["on"], body["period"]) == ("这个村", "2023-06-30", ["2022-07-01", "2023-06-30"])
    assert [f["code"] for f in body["figures"]] == [i.code for i in indicators.ALL]
    assert all(list(f) == ["code", "name", "value", "unit", "records_url"] for f in body["figures"])
    figures = {f["code"]: f for f in body["figures"]}
    assert figures["people"] == {
        "code": "people",
        "name": "户籍人口",
        "value": "16",
        "unit": "人",
        "records_url": "/report/people/?on=2023-06-30",
    }
    assert figures["culture_wall_metres"]["value"] == "180"
    assert figures["closed_loop_share"]["value"] == "4/4"
    assert figures["average_dividend"]["value"] is None
    assert all(f["value"] is None or isinstance(f["value"], str) for f in body["figures"])


def test_a_machine_is_told_what_is_wrong(client, cast):
    for day in ("tomorrow", "2099-01-01"):
        answer = client.get("/report.json", {"on": day})
        assert (answer.status_code, list(json.loads(answer.content))) == (400, ["error"])


# --- the rows -------------------------------------------------------------------------------------------------------
def test_a_figure_that_does_not_exist_is_a_human_404(client, cast):
    page = client.get("/report/happiness_index/")
    assert page.status_code == 404
    assert cast.village.phone in page.content.decode()


@pytest.mark.parametrize("twin", ["", "print", "xlsx"])
def test_the_public_sees_totals_and_never_a_name(client, cast, twin):
    for code in OFFICE:
        page = client.get(f"/report/{code}/", ON | ({"as": twin} if twin else {}))
        assert page.status_code == 200, code
        text = sheet(page) if twin == "xlsx" else page.content.decode()
        assert not any(name in text for name in NAMES), code
        if not twin:
            assert ("只给本村干部登录后看" in text) == (code in KEPT), code


def test_the_publics_totals_by_group_add_up(client, cast):
    text = client.get("/report/households/", ON).content.decode()
    assert re.findall(r'<th scope="row">(.+?)</th><td class="num">(\d+)</td>', text) == [("一组", "3"), ("二组", "2")]
    paper = client.get("/report/households/", ON | {"as": "print"}).content.decode()
    assert "共 2 行" in paper
    assert re.search(r">一组</td>\s*<td class=\"number\">3</td>", paper)


def test_the_staff_see_the_rows_page_by_page(staff, cast, monkeypatch):
    text = staff.get("/report/people/", ON).content.decode()
    assert "甲00" in text
    assert not any(name in text for name in ("故人", "迁出", "后来", "客商"))
    assert text.count("搬家") == 1
    monkeypatch.setattr(views, "ROWS", 10)
    first = staff.get("/report/people/", ON).content.decode()
    second = staff.get("/report/people/", ON | {"page": "2"}).content.decode()
    assert "共 2 页" in first
    rows = [re.findall(r'<th scope="row">(.+?)</th><td data', text) for text in (first, second)]
    assert [len(found) for found in rows] == [10, 6]
    assert len({*rows[0], *rows[1]}) == 16


@pytest.mark.parametrize("twin", ["", "print", "xlsx"])
def test_the_next_villages_staff_get_404_for_rows(stranger, cast, twin):
    for code in OFFICE:
        assert stranger.get(f"/report/{code}/", ON | {"as": twin, "page": "1"}).status_code == 404, code


def test_what_is_open_is_open_to_the_next_village_too(stranger, cast):
    assert stranger.get("/report/", ON).status_code == 200
    assert "网格1" in stranger.get("/report/grids/", ON).content.decode()


def test_a_sealed_matter_is_counted_and_not_shown_to_the_public(client, cast):
    text = client.get("/report/matters_solved/", ON).content.decode()
    assert "东头的路" in text
    assert "有人家没水" not in text
    assert "另有 1 件计了数，不显示" in text
    assert "路上有坑" not in text  # the teller's own words
    client.force_login(cast.users["council"])
    text = client.get("/report/matters_solved/", ON).content.decode()
    assert "有人家没水" in text
    assert "计了数，不显示" not in text


def test_the_lists_print_and_go_into_a_spreadsheet(staff, cast):
    paper = staff.get("/report/people/", ON | {"as": "print"}).content.decode()
    assert "甲00" in paper
    assert "共 16 行" in paper
    assert "口径：当天户口在村里" in paper
    book = staff.get("/report/people/", ON | {"as": "xlsx"})
    assert book["Content-Disposition"].startswith("attachment")
    assert "甲00" in sheet(book)
    for code in (i.code for i in indicators.ALL):
        for twin in ("print", "xlsx"):
            assert staff.get(f"/report/{code}/", ON | {"as": twin}).status_code == 200, (code, twin)


def test_the_whole_report_goes_into_a_spreadsheet_and_says_where_nothing_is_recorded(client, cast):
    text = sheet(client.get("/report/", ON | {"as": "xlsx"}))
    assert "户籍人口" in text
    assert "没有登记" in text
    assert "<v>180</v>" in text
    paper = client.get("/report/", ON | {"as": "print"}).content.decode()
    assert all(str(i.definition) in paper for i in indicators.ALL[:5])


def test_a_list_asks_few_questions(staff, cast, django_assert_max_num_queries):
    for code in (i.code for i in indicators.ALL):
        with django_assert_max_num_queries(14):
            staff.get(f"/report/{code}/", ON)


def test_it_speaks_english_where_that_is_asked_for(client, cast):
    text = client.get("/report/", ON, headers={"accept-language": "en"}).content.decode()
    assert "Village report" in text
    assert "No records" in text
    assert "没有登记" not in text
