"""The log says what went wrong and where, and never for whom."""

import logging
import sys

import pytest
from django.db import IntegrityError
from django.views.debug import ExceptionReporter, get_exception_reporter_class
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import logs, masking, middleware
from tongxin.core.ids import uuid7

PHONE = "13812345678"


def line(message, *args, error=None):
    """The line as the product's handler writes it."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("t", logging.ERROR, __file__, 1, message, args, info)
    assert logs.Quiet().filter(record)
    return logging.Formatter("%(levelname)s %(message)s").format(record)


def caught(error, cause=None):
    try:
        raise error from cause
    except type(error):
        return sys.exc_info()[1]


def test_a_telephone_never_stands_in_the_log():
    assert PHONE not in line("sent to %s", PHONE)
    assert PHONE not in line("sent to １３８１２３４５６７８ and 138 1234 5678")
    assert line("100%% of %s", "it").endswith("100% of it")


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x0b", "\x85", "\x1b[2J"])
def test_nobody_begins_a_line_of_ours(end):
    written = line("asked for %s", f"/say/{end}ERROR forged")
    assert len(written.splitlines()) == 1
    assert "\x1b" not in written


@given(st.text(max_size=80))
def test_whatever_is_logged_is_one_line_of_printable_letters_without_numbers_of_persons(text):
    written = line("%s", text)
    assert written.isprintable()
    assert not masking.findings(written)


def test_an_error_is_its_kind_and_places_and_a_database_keeps_its_mouth_shut():
    error = caught(IntegrityError(f"Key (phone)=({PHONE}) already exists for 张三"), cause=ValueError("张三"))
    written = line("failed", error=error)
    assert "IntegrityError at tests/core/test_logs.py:" in written and "from ValueError" in written
    assert PHONE not in written and "张三" not in written
    assert len(written.splitlines()) == 1


def test_an_error_put_into_a_message_says_no_more_than_one_that_is_logged():
    error = caught(IntegrityError(f"Key (phone)=({PHONE}) already exists for 张三"))
    for written in (line("failed: %s", error), line("%(why)s", {"why": error}), line(error)):
        assert "IntegrityError at tests/core/test_logs.py:" in written and "张三" not in written


def test_nothing_is_mailed_and_a_mail_would_say_kind_and_place(rf, settings):
    assert settings.LOGGING["loggers"]["django"]["handlers"] == [] and settings.ADMINS == []
    error = caught(IntegrityError(f"Key (phone)=({PHONE}) already exists for 张三"), cause=ValueError("李四"))
    report = get_exception_reporter_class(None)(rf.get("/"), type(error), error, error.__traceback__)
    for text in (report.get_traceback_text(), report.get_traceback_html()):
        assert "IntegrityError at" in text and "from ValueError" in text
        assert not any(word in text for word in (PHONE, "张三", "李四"))
    words = get_exception_reporter_class(None)(None, None, f"Not Found: /{PHONE}/\n", None)
    assert words.get_traceback_text() == "Not Found: /138****5678/\\n\n"
    settings.DEBUG = True
    assert "Traceback" in report.get_traceback_text() and "<html" in report.get_traceback_html()


def test_what_the_program_itself_says_is_kept():
    assert "No space left on device" in line(
        "failed", error=caught(OSError(28, "No space left on device", "/photos/张三"))
    )
    assert "张三" not in line("failed", error=caught(OSError(28, "No space left on device", "/photos/张三")))
    assert "no attribute 'colour'" in line("failed", error=caught(AttributeError("no attribute 'colour'")))


def test_the_context_of_an_error_is_told_unless_it_was_put_aside():
    def chained(aside):
        try:
            raise KeyError("k")
        except KeyError:
            if aside:
                raise ValueError from None
            raise ValueError  # noqa: B904 -- the context is what is asked for

    for aside in (False, True):
        with pytest.raises(ValueError) as raised:
            chained(aside)
        assert ("from KeyError" in logs.described(raised.value)) is not aside


def test_our_own_ids_stay_readable():
    ids = [str(uuid7()) for _ in range(200)] + ["01a2110e-585f-7b0c-ac79-057796889023"]
    assert all(id_ in line("outbox: %s", id_) for id_ in ids)


def test_the_number_of_the_request_stands_at_the_end():
    token = middleware.request_id.set("0a1b2c3d")
    try:
        assert line("hm").endswith("hm [0a1b2c3d]")
    finally:
        middleware.request_id.reset(token)


def test_a_record_that_passes_two_handlers_is_quieted_once():
    record = logging.LogRecord("t", logging.ERROR, __file__, 1, "tel %s\n", (PHONE,), None)
    logs.Quiet().filter(record)
    once = record.getMessage()
    logs.Quiet().filter(record)
    assert record.getMessage() == once


def test_the_products_handler_has_the_filter(settings):
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["quiet"]
    assert settings.LOGGING["filters"]["quiet"]["()"] == "tongxin.core.logs.Quiet"


def test_an_error_report_shows_nothing_of_the_request(rf, settings):
    settings.DEBUG = True
    secret = "".join(["ge", "heim"])  # not in one piece: a report quotes these very lines
    request = rf.post("/say/", {"phone": PHONE}, headers={"cookie": f"sessionid={secret}"})

    def action():
        phone_of_zhang = PHONE[:3] + PHONE[3:]
        raise RuntimeError(len(phone_of_zhang))

    with pytest.raises(RuntimeError) as raised:
        action()
    for text in (
        ExceptionReporter(request, RuntimeError, raised.value, raised.tb).get_traceback_text(),
        ExceptionReporter(request, RuntimeError, raised.value, raised.tb).get_traceback_html(),
    ):
        assert PHONE not in text
        assert secret not in text
        assert settings.SECRET_KEY not in text
