"""What a desk form answers: the act done and the way back, or the rule's 'no' at its field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from tongxin.core.errors import DomainError
from tongxin.core.once import refusal

F = TypeVar("F", bound=forms.Form)


@dataclass(frozen=True)
class Now:
    """What stands there when somebody else was quicker (R7): a line for each value, and the marks of the new page."""

    lines: Sequence[tuple[str, str]]
    marks: dict[str, str]


def again(form: F, **marks: str) -> F:
    """The same form once more with what was typed, over what is there now: pressing again is a choice."""
    data = QueryDict(mutable=True)
    data.update({**dict(form.data.items()), **marks})
    form.data = data
    return form


def refused(error: DomainError, form: forms.Form, *others: forms.Form) -> int:
    """Put a rule's 'no' at its field, in whichever form has it, else above the form; the status for the page."""
    home = next((one for one in (form, *others) if error.field in one.fields), form)
    home.add_error(error.field if error.field in home.fields else None, str(error.message))
    return error.status if error.status in (403, 409) else 422


def tried(form: forms.Form, deed: Callable[[], object], *others: forms.Form) -> int:
    """Do it. 0 when done, else the status for the page that shows why not."""
    try:
        deed()
    except DomainError as error:
        return refused(error, form, *others)
    return 0


def sent_back(request: HttpRequest, error: DomainError, to: str) -> HttpResponse:
    """A button without a page of its own was refused: back to where it stands, with the reason."""
    messages.error(request, str(error.message))
    return refusal(HttpResponseRedirect(to, status=303))


def form_page(
    request: HttpRequest,
    form: forms.Form,
    deed: Callable[[], object],
    said: str,
    *,
    heading: str,
    back: str,
    template: str = "desk_form.html",
    look: Callable[[], Now] | None = None,
    **more: object,
) -> HttpResponse:
    """A form and one act: 303 to `back` when done, otherwise the form with 200, 422, 403 or 409. No cache keeps it.

    With `look`, a 409 shows what stands there now beside what was typed.
    """
    status = 200
    if request.method == "POST":
        status = tried(form, deed) if form.is_valid() else 422
        if not status:
            messages.success(request, said)
            return HttpResponseRedirect(back, status=303)
    if status == 409 and look is not None:
        now = look()
        form, more["now"] = again(form, **now.marks), now.lines
    response = render(request, template, {"form": form, "heading": heading, "back": back, **more}, status=status)
    response["Cache-Control"] = "no-store"
    return response
