"""Bare text is found, and what is not text for a reader is let through."""

import pytest

from tongxin.core import wording

SILENT = [
    "",
    "{# needs: issue #}<p class='cell'>{{ issue.number }}</p>",
    '<p>{% translate "Tell us" %}</p>',
    "<p>{% blocktranslate trimmed %}Words and 汉字{% endblocktranslate %}</p>",
    "{% comment %}nobody reads this{% endcomment %}<p>1 · 2</p>",
    '<div {% if open %}class="open"{% endif %} data-url="{% url \'issues:list\' %}"></div>',
    "<style nonce='x'>.a { color: red }</style><script type='module' src='a.js'></script>",
    "<p>A4 QR PDF 12360</p>",
    'data-url="{{ url|default:"say" }}"\n  data-offline="{% translate "No network" %}"',
    '<p lang="zh-Hant" translate="no">繁體中文</p>',
    '<input type="text" name="phone" value="{{ value }}">',
    '{{ name|default:_("nobody") }}',
    '{% include "issues/_row.html" with kind="list" %}',
]
SPEAKING = [
    "<p>Tell us</p>",
    "<p>说事</p>",
    '<img src="a.png" alt="A photo">',
    '<input placeholder="Your telephone">',
    '<button type="submit" value="Send">{% icon "send" %}</button>',
    '<input type="submit" value="Send">',
    '{% nb "中文，断句" %}',
    '{{ name|default:"Nobody yet" }}',
    '{{ here|yesno:"yes,no" }}',
    'title="Call us" data-url="{{ url }}"',
    "<p translate='no'>繁體</p><p>Open</p>",
    "{% if a %}<p>Open</p>{% endif %}",
    "<svg><title>Telephone</title></svg>",
]


@pytest.mark.parametrize("text", SILENT)
def test_a_page_that_says_nothing_of_its_own_is_let_through(text):
    assert list(wording.bare_template(text)) == []


@pytest.mark.parametrize("text", SPEAKING)
def test_bare_text_on_a_page_is_found(text):
    assert list(wording.bare_template(text))


def test_a_class_name_that_fills_an_attribute_of_the_base_page_is_no_text(tmp_path):
    base = tmp_path / "tongxin" / "templates" / "desk.html"
    base.parent.mkdir(parents=True)
    base.write_text('<div class="desk {% block frame %}{% endblock %}">{% block main %}{% endblock %}</div>', "utf-8")
    silent = wording.attribute_blocks(tmp_path)
    assert not list(wording.bare_template("{% block frame %}alone{% endblock %}", silent))
    assert list(wording.bare_template("{% block main %}alone{% endblock %}", silent))


def test_the_line_of_a_finding_is_the_line_of_the_page():
    text = "{# needs: issue #}\n{% blocktranslate %}\n\n{% endblocktranslate %}\n<p>{{ a }} Tell us</p>"
    assert [line for line, _ in wording.bare_template(text)] == [5]


def test_a_comment_over_two_lines_is_no_comment_to_django_and_is_found():
    assert list(wording.bare_template("{# needs:\nissue #}"))


def test_chinese_in_a_room_that_speaks_is_found_unless_it_says_why():
    assert list(wording.bare_python('def a():\n    """说明。"""\n    return "办好了"\n'))
    assert not list(
        wording.bare_python('def a():\n    """说明。"""\n    return "〇一二三"  # zh: digits people write\n')
    )


def test_chinese_in_a_script_is_found_and_in_its_comments_not():
    assert list(wording.bare_script('/* 说明 */\nsay("没网");\n')) == [
        (2, "text outside the catalogue: 'say(\"没网\");'")
    ]
    assert not list(wording.bare_script("// 说明\n/* 一\n二 */\nsay(node.dataset.offline); // 没网\n"))


@pytest.mark.parametrize(
    "name", ["tongxin/issues/templates/issues/resident_tell.html", "tongxin/templates/resident.html"]
)
def test_the_pages_of_residents_are_known(name):
    assert wording.is_resident(name)
    assert not wording.is_resident("tongxin/issues/templates/issues/issue_list.html")
