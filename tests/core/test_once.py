"""Pressed twice is done once, refused is not done at all, and what was typed comes back."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template import Context, Template
from django.test import RequestFactory
from django.views.decorators.debug import sensitive_post_parameters

from tongxin.accounts.models import User
from tongxin.core import once
from tongxin.core.ids import uuid7
from tongxin.core.models import Idempotency

pytestmark = pytest.mark.django_db
KEY = "1e5b2c60-0000-4000-8000-000000000001"


class Village:
    """As much of one as a claim asks for."""

    def __init__(self):
        self.pk, self.phone, self.name, self.slug, self.zone = uuid7(), "0932-6600001", "通安驿村", "x", "Asia/Shanghai"


@pytest.fixture
def village():
    return Village()


@pytest.fixture
def press(village):
    def send(view, user=None, path="/v/x/", method="post", **fields):
        request = getattr(RequestFactory(), method)(path, {once.FIELD: KEY, **fields})
        request.village, request.user, request.session = village, user or AnonymousUser(), {}
        request._messages = FallbackStorage(request)
        request.csp_nonce = "n"
        answer = view(request)
        answer.said = [str(message) for message in request._messages]
        return answer

    return send


def deed(answer=None, error=None):
    """A view that writes a row; how often it got that far is the number of rows."""

    @once.once
    def view(request):
        User(username=f"u{User.objects.count()}").save()
        if error is not None:
            raise error
        return answer or HttpResponseRedirect("/there/", status=303)

    return view


def rows() -> int:
    return User.objects.count()


def test_the_second_press_is_led_to_where_the_first_one_was(press):
    view = deed()
    first, second = press(view, words="水"), press(view, words="水")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"]) == (303, "/there/")
    assert rows() == 1
    assert first.said == [] and len(second.said) == 1


@pytest.mark.parametrize("change", [{"path": "/v/y/"}, {once.FIELD: "another"}, {once.FIELD: ""}])
def test_another_form_is_another_press(press, change):
    view = deed()
    press(view)
    press(view, **change)
    assert rows() == 2


def test_without_a_key_every_press_counts(press):
    view = deed()
    for _n in range(3):
        press(view, **{once.FIELD: ""})
    assert rows() == 3 and Idempotency.objects.count() == 0


def test_anothers_key_is_theirs_by_itself(press):
    a, b = (User(username=name) for name in "ab")
    a.save(), b.save()
    view = deed()
    press(view, user=a)
    assert press(view, user=b).said == []
    assert rows() == 4


@pytest.mark.parametrize("status", [403, 409, 422, 500])
def test_what_is_refused_is_not_done_and_the_key_is_free_again(press, status):
    assert press(deed(HttpResponse(status=status))).status_code == status
    assert rows() == 0 and Idempotency.objects.count() == 0
    press(deed(), words="now right")
    assert rows() == 1


def test_a_refusal_that_leads_back_is_no_deed(press):
    for _n in range(2):
        answer = press(deed(once.refusal(HttpResponseRedirect("/back/", status=303))))
        assert answer["Location"] == "/back/" and answer.said == []
    assert rows() == 0


def test_an_exception_leaves_nothing_behind(press):
    with pytest.raises(Http404):
        press(deed(error=Http404()))
    assert rows() == 0 and Idempotency.objects.count() == 0


def test_a_page_is_done_and_not_remembered(press):
    view = deed(HttpResponse("made"))
    assert press(view).content == press(view).content == b"made"
    assert rows() == 2 and Idempotency.objects.count() == 0


def test_reading_needs_no_key(press):
    view = deed()
    press(view, method="get")
    press(view, method="get")
    assert rows() == 2 and Idempotency.objects.count() == 0


def test_other_words_with_the_same_key_are_shown_and_handed_in_by_one_press(press, village):
    view = deed()
    press(view, words="渠裂了", place="b2f6f9a4-1111-7000-8000-000000000000")
    answer = press(view, words='渠<b>"也裂了', place="b2f6f9a4-1111-7000-8000-000000000000", back="/v/")
    page = answer.content.decode()
    assert answer.status_code == 409 and rows() == 1
    assert "渠&lt;b&gt;&quot;也裂了" in page
    assert '<input type="hidden" name="back" value="/v/">' in page
    shown = page.split("<form")[0]
    assert "也裂了" in shown and "b2f6f9a4" not in shown  # ids are nobody's words
    assert KEY not in page  # what is handed in again brings a new key


def test_secrets_are_neither_compared_nor_shown_nor_carried(press):
    view = sensitive_post_parameters("password")(deed())
    assert press(view, password="nine-poplars-by").status_code == 303
    assert press(view, password="ten-poplars-by").status_code == 303  # the rest is the same: it is the same press
    page = press(view, password="nine-poplars-by", name="other").content.decode()
    assert "poplars" not in page and "<form" not in page.split("<main")[1].split("</main>")[0]
    row = Idempotency.objects.get()
    assert "poplars" not in f"{row.request_hash}{row.response}{row.key}"


def test_every_form_brings_a_key_of_its_own():
    def key() -> str:
        return Template("{% csrf_token %}").render(Context({"csrf_token": "t"}))

    assert 'name="csrfmiddlewaretoken"' in key() and 'name="once"' in key()
    assert key() != key()
    assert Template("{% csrf_token %}").render(Context()) == ""  # a page without a form's token has no key either


def test_a_mark_needs_its_reason():
    with pytest.raises(ValueError):
        once.repeats(" ")
