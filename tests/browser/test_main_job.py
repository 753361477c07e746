"""The promise of the product in a real browser: told, taken, fulfilled, answered, confirmed, published."""

import pytest

from tests.factories.stage import PASSWORD, jpeg
from tongxin.core import outbox
from tongxin.issues.models import Issue, Status
from tongxin.territory import scope

PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg("olive", (1600, 1200))}


def log_in(page, username: str) -> None:
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/v/**")


def developed() -> None:
    while outbox.work_once(50):
        pass


@pytest.mark.browser
def test_a_stranger_tells_the_council_takes_the_worker_answers_and_everybody_sees(browsers, quiet):
    phone, office, field, anybody = browsers(360), browsers(1280), browsers(360), browsers(360)

    # scan, tell: a tile, a sentence, a photo, a telephone
    phone.goto(f"/q/{quiet.codes[0].code}/")
    taps = 1
    phone.click("a[href*='/say/new/']")
    phone.click("label:has(input[name=category][value=water])")
    phone.fill("textarea[name=words]", "水渠裂了个口子，水都流到路上了。")
    phone.set_input_files("input[name=photo1]", PHOTO)
    phone.fill("input[name=phone]", "130 0000 0000")
    phone.click("button.main[type=submit]")
    taps += 3
    phone.wait_for_url("**/say/done/**")
    number = phone.url.rstrip("/").split("/")[-1]
    assert number in phone.inner_text("main").replace("\n", "")
    assert taps <= 6  # M1; the sentence and the photo come on top

    # the council takes the order and gives it away, in two taps
    log_in(office, quiet.users["council"].username)
    office.goto("/v/say/")
    office.click(f"a[href*='open={number}']")
    office.click("aside form button.btn-primary")
    office.wait_for_load_state()
    with scope.village(quiet.village.pk):
        issue = Issue.objects.select_related("handler_post").get(number=number)
    assert issue.status == Status.DISPATCHED
    developed()

    # the grid worker answers with a photo of the result
    worker = next(user for user in quiet.users.values() if _holds(user, issue))
    log_in(field, worker.username)
    field.goto(f"/w/{number}/")
    field.fill("textarea[name=reply]", "渠补好了，放水试过，不漏。")
    field.set_input_files("input[name=photo1]", PHOTO)
    field.click("form:has(textarea[name=reply]) button[type=submit]")
    field.wait_for_url("**/w/")
    developed()

    # the teller says: it is done
    phone.goto(f"/say/{number}/")
    assert "渠补好了" in phone.inner_text("main")
    phone.click("form:has([name=answer][value=yes]) [name=answer][value=yes]")
    phone.wait_for_load_state()
    with scope.village(quiet.village.pk):
        assert Issue.objects.get(number=number).status == Status.SOLVED

    # and everybody finds it, without the teller's words
    anybody.goto("/board/")
    text = anybody.inner_text("main")
    assert "渠补好了" in text
    assert "水都流到路上" not in text
    anybody.click(f"a[href*='{number}']")
    assert anybody.locator("main img").count() == 1


def _holds(user, issue) -> bool:
    from tongxin.bodies import queries

    queries.forget(user)
    return issue.handler_post_id in queries.held(user, issue.village_id).posts
