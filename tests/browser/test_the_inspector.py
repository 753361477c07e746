"""Each measure finds the fault it is for: planted once, on a page that is otherwise right."""

import pytest

from tests.browser.inspector import Inspector

VILLAGE = "柳沟村"
GOOD = """<!doctype html><html lang="zh-CN" data-size="1"><head><meta charset="utf-8"><title>试 · 柳沟村</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
html{font-size:18px} html[data-size="2"]{font-size:21px} html[data-size="3"]{font-size:24px} html[data-size="4"]{font-size:30px}
body{margin:0;color:#111;background:#fff} a,button,input{font:inherit} .btn,.in{display:block;min-height:60px;min-width:60px;max-width:100%;box-sizing:border-box;color:#111}
</style></head><body>
<header class="top"><a class="btn" href="/">返回</a></header>
<main><h1>试一试</h1><p>先看看<a href="/">这一句里的链接</a>再说。</p>
<label for="w">说</label><input class="in" id="w" name="w"><button class="btn">交</button>%s</main>
<footer><a class="btn" href="tel:09326000001">电话 0932-6000001</a></footer></body></html>"""
FAULTS = {
    "letters of": '<p style="font-size:12px">小字</p>',
    "target of": '<p><a href="/" style="display:inline-block">点</a></p>',
    "least 60": '<button class="btn" style="min-height:50px;height:50px">按</button>',
    "px too wide": '<div style="width:400px;overflow:visible">宽</div>',
    "axe, size 1: label": '<input class="in" name="nameless">',
    "axe, size 1: color-contrast": '<p style="color:#aaa">淡得看不清</p>',
    "2 h1": "<h1>又一个</h1>",
    "left behind": "<p>%(name)s</p>",
    "not translated": "<p>Press here</p>",
    "script error": "<script>oops()</script>",
    "asked another host": '<img src="http://127.0.0.2:9/a.png" alt="">',
    "console": "<script>console.error('no')</script>",
}


MISSING = {  # what is said: (what is right, what stands there instead)
    "no telephone": ('href="tel:09326000001"', 'href="/call/"'),
    "title": ("试 · 柳沟村", "试"),
    "no way back": ('<a class="btn" href="/">返回</a>', ""),
    "0 h1": ("<h1>试一试</h1>", "<h2>试一试</h2>"),
    "axe, size 1: html-has-lang": (' lang="zh-CN"', ""),
}
BASE = "http://inspector.test"  # answered by the test itself: no server, no database


@pytest.fixture(scope="module")
def look(chromium):
    """What the inspector says of a page."""
    context = chromium.new_context()

    def inspect(body: str) -> list[str]:
        page = context.new_page()
        page.route("**/planted/", lambda route: route.fulfill(body=body, content_type="text/html"))
        inspector = Inspector(page, BASE, VILLAGE)
        inspector.visit("/planted/")
        inspector.look("planted")
        page.close()
        return inspector.found

    yield inspect
    context.close()


@pytest.fixture(scope="module")
def faulty(look) -> list[str]:
    return look(GOOD.replace("%s", "".join(FAULTS.values())))


@pytest.fixture(scope="module")
def bare(look) -> list[str]:
    page = GOOD.replace("%s", "")
    for right, wrong in MISSING.values():
        assert right in page
        page = page.replace(right, wrong)
    return look(page)


def test_a_good_page_is_let_through(look):
    assert look(GOOD.replace("%s", "")) == []


@pytest.mark.parametrize("said", FAULTS)
def test_a_planted_fault_is_found(faulty, said):
    assert any(said in what for what in faulty), faulty


@pytest.mark.parametrize("said", MISSING)
def test_what_is_missing_is_found(bare, said):
    assert any(said in what for what in bare), bare


@pytest.mark.parametrize(
    ("said", "words"),
    [("not translated", "Press here"), ("left behind", "%(name)s"), ("px too wide", "8" * 200), ("title", "")],
)
def test_a_second_page_of_one_shape_is_still_read(chromium, said, words):
    """Axe is spared where the shape is known; what depends on the words never is."""
    first = GOOD.replace("%s", "<p>好</p>")
    second = GOOD.replace("%s", f"<p>{words or '好'}</p>")
    if not words:
        second = second.replace("试 · 柳沟村", "试")
    page = chromium.new_page()
    bodies = iter([first, second])
    page.route("**/planted/", lambda route: route.fulfill(body=next(bodies), content_type="text/html"))
    inspector = Inspector(page, BASE, VILLAGE)
    for _nth in range(2):
        inspector.visit("/planted/")
        inspector.look("planted")
    page.close()
    assert any(said in line for line in inspector.found)
