"""What the look promises: letters one can read, pages in one request, phones of 2020 not left out."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from tongxin.core import clock, icons
from tongxin.core.middleware import Display
from tongxin.core.templatetags import look

PACKAGE = Path(__file__).resolve().parents[2] / "tongxin"
STATIC = PACKAGE / "static"
TEMPLATES = PACKAGE / "templates"
SHEETS = sorted(STATIC.glob("*.css"))
SCRIPTS = sorted(STATIC.glob("*.js"))


def bare(path):
    """A sheet or script without its comments."""
    return re.sub(r"/\*.*?\*/|(?<=[\s;{])//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.fixture
def request_(settings):
    request = RequestFactory().get("/say/")
    request.csp_nonce = "n0nce"
    request.village = SimpleNamespace(name="通安驿村", phone="0932-662 0000", slug="tonganyi", zone="Asia/Shanghai")
    request.display = Display()
    request.user = SimpleNamespace(is_authenticated=False)
    request.held = None
    return request


def render(source, **context):
    return Template(source).render(Context(context))


# --- contrast -------------------------------------------------------------------------------------------------


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", (STATIC / "tokens.css").read_text("utf-8")))

TEXT = [
    *(("ink", ground) for ground in ("paper", "card", "blank", "primary-tint", "warn-tint", "error-tint", "info-tint")),
    *(("muted", ground) for ground in ("paper", "card", "blank")),
    *(("primary", ground) for ground in ("paper", "card", "primary-tint")),
    *(("primary-dark", ground) for ground in ("card", "primary-tint")),
    *((kind, ground) for kind in ("info", "warn", "error", "ok") for ground in ("card", f"{kind}-tint")),
    ("on-primary", "primary"),
    ("on-primary", "primary-dark"),
    ("party", "card"),
    *((f"s{i}", "card") for i in range(1, 7)),
    *(("card", f"s{i}") for i in range(1, 7)),
]


@pytest.mark.parametrize(("letters", "ground"), TEXT)
def test_text_can_be_read(letters, ground):
    assert contrast(TOKENS[letters], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(
    ("edge", "ground"), [("line", "card"), ("line", "paper"), ("info", "paper"), ("error", "card")]
)
def test_the_edge_of_a_control_can_be_seen(edge, ground):
    assert contrast(TOKENS[edge], TOKENS[ground]) >= 3


def test_the_sum_of_contrast_is_right():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#07C160", "#FFFFFF") == pytest.approx(2.38, abs=0.01)  # the green of a well-known messenger


# --- old phones -----------------------------------------------------------------------------------------------


def too_new(css):
    """What Chromium 80 does not know. `gap` is allowed as `grid-gap` only, so that no flex box relies on it."""
    found = re.findall(
        r":has\(|:is\(|:where\(|oklch|color-mix|@layer|@container|\binset:|aspect-ratio|(?<!grid-)(?:row-|column-)?\bgap:",
        css,
    )
    depth = 0
    for token in re.findall(r"@(?:media|supports|page)[^{]*\{|\{|\}", css):
        if token.startswith("@"):
            continue_at = depth
            depth = continue_at  # a rule that holds rules does not count as nesting
        elif token == "{":
            depth += 1
            if depth > 1:
                found.append("nesting")
        else:
            depth = max(0, depth - 1)
    return found


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_use_nothing_that_an_old_web_view_lacks(path):
    assert too_new(bare(path)) == []


@pytest.mark.parametrize(
    "css",
    ["a:has(b) { top: 0 }", ".x { display: flex; gap: 4px }", ".x { .y { top: 0 } }", ".x { color: oklch(1 0 0) }"],
)
def test_what_is_too_new_is_found(css):
    assert too_new(css)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_es2017_and_hold_no_words(path):
    code = bare(path)
    assert not re.search(
        r"\?\.[\w\[(]|\?\?|\*\*=|\bcatch\s*\{|\.\.\.\w+\s*[,}]|\bfor await\b|\breplaceAll\b|\.flat\(", code
    )
    assert not re.search(r"(?<!\[)[\"'`][^\"'`\n]*[\u4e00-\u9fff]{2,}", code), "words come from the template"


def test_nothing_grows_heavy():
    inlined = str(look.inline_css("tokens.css", "resident.css"))
    assert len(inlined.encode()) <= 17_000  # under 5 kB on the wire
    assert (STATIC / "report.js").stat().st_size <= 12_288
    assert (STATIC / "read.js").stat().st_size <= 2_048


def test_a_squeezed_sheet_says_the_same():
    css = "/* why */ .a ,\n .b > p { margin: 0 ; width: calc(1rem - 2px) ; }"
    css += '\n@media (max-width: 3px) { a::before { content: "›"; } }'
    assert look.squeeze(css) == '.a,.b>p{margin:0;width:calc(1rem - 2px)}@media (max-width:3px){a::before{content:"›"}}'


# --- drawings -------------------------------------------------------------------------------------------------

NAMED = """
    speakerphone message-report phone-call home-2 report-money id-badge-2 users map-pin microphone camera route
    walk cloud-upload wifi-off clipboard-text file-spreadsheet table-export printer qrcode shield-check user-shield
    scale gavel award trophy gift heart-handshake plant-2 tractor pig egg coin-yuan briefcase school
    building-community building-cottage calendar-event bell road lamp droplet bucket tree flame thumb-up hand-stop
    signature fingerprint text-size volume language accessible progress-check alert-triangle info-circle
    circle-check edit history search arrow-left chevron-right check x
"""


def test_every_drawing_of_the_design_is_there():
    assert set(NAMED.split()) <= icons.drawings().keys()


def test_every_drawing_a_template_names_is_there():
    named = {
        name
        for path in PACKAGE.rglob("*.html")
        for name in re.findall(r"{% icon \"([\w-]+)\"", path.read_text("utf-8"))
    }
    assert named <= icons.drawings().keys()


def test_a_drawing_is_silent_and_an_unknown_one_is_refused():
    assert render('{% icon "phone" %}').startswith(
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4'
    )
    with pytest.raises(TemplateSyntaxError, match="No icon is called"):
        render('{% icon "emblem" %}')


# --- words, days, numbers -------------------------------------------------------------------------------------


def test_lines_break_at_commas_and_long_pieces_flow():
    assert render('{% nb "不会弄？打电话说" %}') == '<span class="nb">不会弄？</span><span class="nb">打电话说</span>'
    long = "一二三四五六七八九十一二三四，好。"
    assert look.nb_filter(long) == '一二三四五六七八九十一二三四，<span class="nb">好。</span>'
    assert look.nb_filter("办好了") == "办好了"
    assert look.nb_filter(None) == ""


def test_breaking_lines_never_lets_markup_in():
    assert "<b>" not in look.nb_filter("<b>好</b>，坏")
    assert look.nb_filter(mark_safe("<b>好</b>，坏")) == "<b>好</b>，坏"


@pytest.mark.parametrize(
    ("language", "this_year", "another_year", "moment"),
    [
        ("zh-hans", "6 月 20 日", "2022 年 12 月 1 日", "6 月 15 日 8:20"),
        ("en", "20 June", "1 December 2022", "15 June 8:20"),
    ],
)
def test_days_are_said_as_people_say_them(language, this_year, another_year, moment):
    with translation.override(language), clock.stopped_at(datetime(2023, 6, 19, 9, 0)):
        assert look.day(date(2023, 6, 20)) == this_year
        assert look.day(date(2022, 12, 1)) == another_year
        assert look.moment(datetime(2023, 6, 15, 0, 20, tzinfo=UTC)) == moment
        assert look.day(None) == look.moment(None) == ""


def test_a_weekday_is_named():
    with translation.override("zh-hans"), clock.stopped_at(datetime(2023, 6, 19, 9, 0)):
        assert look.weekday(date(2023, 7, 15)) == "7 月 15 日，星期六"


def test_the_year_turns_with_the_village_and_not_with_utc():
    with translation.override("zh-hans"), clock.stopped_at(datetime(2024, 1, 1, 0, 30)):
        assert look.day(datetime(2023, 12, 31, 16, 10, tzinfo=UTC)) == "1 月 1 日"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3036, "3\u202f036"),
        (16340000, "16\u202f340\u202f000"),
        ("1368.00", "1\u202f368.00"),
        (-1200, "-1\u202f200"),
        (0, "0"),
        (None, ""),
    ],
)
def test_thousands_stand_apart(value, shown):
    assert look.thousands(value) == shown


def test_a_phone_number_can_be_pressed():
    assert look.phone_link("0932-662 0000") == "tel:09326620000"
    assert look.phone_link(None) == "tel:"


# --- fields ---------------------------------------------------------------------------------------------------


class Sample(forms.Form):
    text = forms.CharField(
        label="说说咋回事", help_text="写一句也行。", widget=forms.Textarea, error_messages={"required": "说一句"}
    )
    tel = forms.CharField(label="电话", required=False)
    kind = forms.ChoiceField(label="啥事", choices=[("a", "路"), ("b", "水")], widget=forms.RadioSelect)
    sealed = forms.BooleanField(label="保密", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_says_hint_and_error_where_a_reader_of_screens_hears_them():
    html = render("{% field form.text %}", form=Sample({"text": "", "kind": "a"}))
    assert 'aria-describedby="id_text_hint id_text_error"' in html
    assert 'id="id_text_hint"' in html and 'id="id_text_error"' in html
    assert 'aria-invalid="true"' in html and 'class="in form-control"' in html
    assert html.index("<label") < html.index("id_text_hint") < html.index("<textarea")


def test_what_was_typed_is_kept():
    html = render(
        "{% field form.tel %}{% field form.kind %}{% field form.sealed %}",
        form=Sample({"tel": "1381", "kind": "b", "sealed": "on"}),
    )
    assert 'value="1381"' in html
    assert re.search(r'value="b"[^>]*checked', html)
    assert re.search(r'name="sealed"[^>]*checked', html)


def test_a_hidden_field_shows_nothing_else():
    assert render("{% field form.key %}", form=Sample()).strip() == '<input type="hidden" name="key" id="id_key">'


def test_the_summary_counts_takes_the_focus_and_leads_to_each_field():
    form = Sample({"text": ""})
    with translation.override("zh-hans"):
        html = render_to_string("components/_error_summary.html", {"form": form})
    assert "还有 2 处没填好，" in html and "点一下就到。" in html
    assert 'tabindex="-1" autofocus' in html
    assert '<a href="#id_text">说一句</a>' in html
    whole = html + "".join(render(f"{{% field form.{name} %}}", form=form) for name in form.fields)
    for target in re.findall(r'href="#([\w-]+)"', html):
        assert f'id="{target}"' in whole
    assert render_to_string("components/_error_summary.html", {"form": Sample()}).strip() == ""


def test_tiles_mark_the_chosen_one():
    tiles = [SimpleNamespace(value=1, label="路", icon="way"), SimpleNamespace(value=2, label="水", icon="water")]
    html = render_to_string(
        "components/_choice_tiles.html", {"name": "kind", "tiles": tiles, "legend": "啥事", "value": "2"}
    )
    assert re.search(r'value="2"[^>]* checked', html) and not re.search(r'value="1"[^>]* checked', html)


# --- pages ----------------------------------------------------------------------------------------------------


def test_a_residents_page_is_one_request(request_):
    html = render_to_string("404.html", {"phone": "0932"}, request_)
    asked = re.findall(r'<link[^>]*href="([^"]*)"|<(?:script|img)[^>]*src="([^"]*)"', html)
    assert all(link.startswith("data:") for link, source in asked) and not any(source for link, source in asked)
    assert '<style nonce="n0nce">' in html


@pytest.mark.parametrize("page", ["400", "403", "404", "429"])
def test_error_pages_are_human(request_, page):
    html = render_to_string(f"{page}.html", {}, request_)
    assert html.count("<h1") == 1
    assert 'href="tel:09326620000"' in html
    assert "通安驿村</title>" in html
    assert 'class="skip" href="#main"' in html and 'id="main"' in html


def test_the_last_page_stands_alone():
    html = render_to_string("500.html")
    assert html.count("<h1") == 1 and "<style" in html


def test_the_chosen_size_stands_on_the_page(request_):
    request_.display = Display(3, True)
    html = render_to_string("404.html", {}, request_)
    assert 'data-size="3" data-simple>' in html


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "zh-CN"), ("zh-hant", "zh-Hant"), ("en", "en")])
def test_the_language_stands_on_the_page(language, said):
    with translation.override(language):
        assert look.html_lang() == said


def test_a_message_is_said_aloud(request_):
    messages = [SimpleNamespace(level_tag="success", __str__=lambda self: "x")]
    html = render_to_string("components/_messages.html", {"messages": messages})
    assert 'role="status" aria-live="polite"' in html and 'class="note ok"' in html


@pytest.mark.django_db
def test_the_desk_stands_without_a_menu_and_with_one(request_):
    assert 'class="menu"' not in render_to_string("desk.html", {}, request_)
    item = {"label": "说事", "url": "/v/say/", "icon": "say", "count": 9, "current": True}
    html = render_to_string("desk.html", {"menu": [item]}, request_)
    assert 'class="nav-link active" href="/v/say/" aria-current="page"' in html and "<span>9</span>" in html


@pytest.mark.parametrize("path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda path: path.name)
def test_a_component_says_what_it_needs(path):
    assert path.read_text("utf-8").startswith("{# needs: ")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_style_and_no_handler_stands_in_a_tag(path):
    text = re.sub(r'href="data:[^"]*"', "", path.read_text("utf-8"))
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", text)


def test_a_page_is_come_back_to_unless_its_address_holds_a_number_of_a_person(rf):
    assert look.way_back(rf.get("/v/say/", {"q": "坑", "page": 2})).startswith("/v/say/?q=")
    assert look.way_back(rf.get("/v/hh/01a21639-e065-75ab-982b-cb81c8ae40fa/")).endswith("40fa/")
    assert look.way_back(rf.get("/v/hh/", {"q": "138 1234 5678"})) == look.way_back(rf.get("/13812345678/")) == "/"
