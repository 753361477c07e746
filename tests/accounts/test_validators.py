"""Passwords that others would try first are refused; a sentence of one's own is taken."""

import pytest
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from tongxin.accounts.models import User
from tongxin.accounts.queries import DEMO_PASSWORD
from tongxin.accounts.validators import ContextValidator

WHO = User(username="wenshu.liugou", name="钱柳生")


@pytest.mark.parametrize(
    "password",
    [
        DEMO_PASSWORD,
        DEMO_PASSWORD.upper(),
        "qwertyuiop123456",
        "1qaz2wsx3edc4rfv"[:12] + "1qaz",
        "woaini5201314520",
        "888888888888",
        "121212121212",
        "wenshu.liugou2026",
        "LiuGou-WenShu-123",
        "钱柳生19710203密码123",
        "tongxin20261126",
        "admin@admin@2026",
        "P@ssw0rd20231234",
        "cunweihui-2023-1234",
        "同心村委会网格员123456",
        "abcabcabcabcabc",
        "aaaaaaaaaaaaaaaa",
    ],
)
def test_what_others_would_try_is_refused(password):
    with pytest.raises(ValidationError):
        password_validation.validate_password(password, WHO)


@pytest.mark.parametrize(
    "password",
    [
        "nine-poplars-by-the-river",
        "一句好记的新话，够长了吧",
        "门前的杨树有九棵半，够不够",
        "rain.on.the.tin.roof",
        "k7mw-3xqd-9pvt",
        "correct horse battery staple",
        "奶奶腌的酸菜2023最好吃真香",
    ],
)
def test_a_sentence_of_ones_own_is_taken(password):
    password_validation.validate_password(password, WHO)


@pytest.mark.parametrize("password", ["short-one!", "十一个字的话也还是短"])
def test_eleven_are_too_few(password):
    with pytest.raises(ValidationError):
        password_validation.validate_password(password, WHO)


def test_without_an_owner_the_rest_still_holds():
    validator = ContextValidator()
    with pytest.raises(ValidationError):
        validator.validate("qwertyuiop123456")
    validator.validate("nine-poplars-by-the-river")
    assert validator.get_help_text()
