"""What an action raises when the answer is no."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock, errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.DomainError, 400),
        (errors.NotAllowed, 403),
        (errors.WrongStatus, 409),
        (errors.KeyReused, 409),
    ],
)
def test_each_error_knows_its_answer_and_where_it_belongs(kind, status):
    error = kind("no", field="words")
    assert (error.status, error.message, error.field, str(error)) == (status, "no", "words", "no")
    assert isinstance(error, errors.DomainError)


def test_the_message_is_translated_when_it_is_shown():
    error = errors.NotAllowed(_("This step is not yours to take."))
    with translation.override("en"):
        assert str(error) == "This step is not yours to take."
    with translation.override("zh-hans"):
        assert str(error) != "This step is not yours to take."


def test_too_many_says_when_it_is_open_again():
    moment = clock.now()
    error = errors.TooMany(moment, "wait")
    assert (error.retry_at, error.status, error.message) == (moment, 429, "wait")
