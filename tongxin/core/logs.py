"""Logs say what went wrong and where, never for whom (R30)."""

import logging
import re
import traceback
from collections.abc import ItemsView, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from tongxin.core import masking
from tongxin.core.middleware import request_id

# What these say comes from the program and not from a person. A database's own words may quote a whole row.
_SPEAKING = (ImportError, AttributeError, NameError, TypeError, ImproperlyConfigured, TemplateDoesNotExist)
_HOME = Path(__file__).resolve().parents[2]
_ID = re.compile(r"\b([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\b")  # of ours, see core.ids

hushed: ContextVar[bool] = ContextVar("hushed", default=False)  # a request of which the log says nothing (core.quiet)


class Quiet(logging.Filter):
    """One line a record: personal numbers masked, line ends escaped, an exception as its type and places.

    Of a hushed request only errors are told, by their type and place: no words, no address, no path.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "quiet", False):
            return True
        if is_hushed := hushed.get():
            if record.levelno < logging.ERROR:
                return False
            record.args = ()
        record.msg, record.args = _without_words(record.msg), _arguments(record.args)
        words = f"quiet channel, {record.name}" if is_hushed else record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            words = f"{words} | {described(record.exc_info[1])}"
        if current := request_id.get():
            words = f"{words} [{current}]"
        record.msg, record.args = one_line(scrubbed(words)), None
        record.exc_info = record.exc_text = record.stack_info = None
        record.quiet = True
        return True


def _without_words(part: Any) -> Any:
    """An error that somebody put into a message is its kind and places, as one that is logged with its trace."""
    return described(part) if isinstance(part, BaseException) else part


def _arguments(args: Any) -> Any:
    if isinstance(args, tuple):
        return tuple(_without_words(part) for part in args)
    return {name: _without_words(part) for name, part in args.items()} if isinstance(args, Mapping) else args


def scrubbed(text: str) -> str:
    """Personal numbers masked, our own ids left readable: they are what one searches a log for."""
    return "".join(part if i % 2 else masking.scrub(part) for i, part in enumerate(_ID.split(text)))


def one_line(text: str) -> str:
    """No line of ours is begun by somebody else's text."""
    return "".join(
        ch if ch.isprintable() else ch.encode("unicode_escape").decode("ascii") for ch in text.replace("\t", " ")
    )


def described(error: BaseException) -> str:
    """`IntegrityError at tongxin/core/counters.py:21 next_value < …`, with the cause behind it."""
    parts = [f"{type(error).__name__}{_said(error)} at {' < '.join(_places(error.__traceback__)) or '?'}"]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        parts.append(f"from {type(cause).__name__}{_said(cause)}")
    return " ".join(parts)


def _said(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f" ({error.strerror})" if error.strerror else ""
    return f" ({error})" if isinstance(error, _SPEAKING) else ""


def _places(trace: TracebackType | None) -> Iterator[str]:
    """The innermost eight frames, innermost first."""
    for frame in reversed(traceback.extract_tb(trace)[-8:]):
        path = Path(frame.filename)
        short = path.relative_to(_HOME) if path.is_relative_to(_HOME) and ".venv" not in path.parts else path.name
        yield f"{short}:{frame.lineno} {frame.name}"


class NothingShown(SafeExceptionReporterFilter):
    """An error report shows where it happened: no form, no cookie, no header, no setting, no local variable."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_safe_settings(self) -> dict[str, Any]:
        return {}

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        return {}

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        return {}

    def get_post_parameters(self, request: Any) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()


class Reporter(ExceptionReporter):
    """An error report that leaves the machine (a mail, should somebody turn it on): kind and places, no words."""

    def get_traceback_text(self) -> Any:
        if settings.DEBUG:  # only ever on one's own machine, see `core.checks`
            return super().get_traceback_text()
        what = self.exc_value  # of a record without an error Django puts its words here
        words = described(what) if isinstance(what, BaseException) else str(what or "")
        return mark_safe(one_line(scrubbed(words)) + "\n")  # noqa: S308 -- plain text of a mail

    def get_traceback_html(self) -> Any:
        if settings.DEBUG:
            return super().get_traceback_html()
        return format_html("<pre>{}</pre>", "".join(self.get_traceback_text()))
