"""What is entered about bodies: founding, posts, appointments, leave, partners, log-ins."""

from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tongxin.bodies import actions, queries
from tongxin.bodies import forms as shapes
from tongxin.bodies.models import Body
from tongxin.bodies.views.tree import BodyRequest, appointment_of, body_of, post_of
from tongxin.core import answering, clock
from tongxin.core.once import once
from tongxin.core.templatetags.look import day

METHODS = ["GET", "HEAD", "POST"]


def _form_page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    deed: Callable[[], object],
    said: str,
    *,
    body: Body | None = None,
    lead: str = "",
    stays: Sequence[tuple[str, str]] = (),
    look: Callable[[], answering.Now] | None = None,
) -> HttpResponse:
    """A form, one act, back to where it belongs."""
    request.menu_at = "bodies:bodies"  # type: ignore[attr-defined]
    back = reverse("bodies:body", args=[body.pk]) if body is not None else reverse("bodies:bodies")
    label = body.name if body is not None else _("Bodies")
    return answering.form_page(
        request, form, deed, said, heading=heading, back=back, back_label=label, lead=lead, stays=stays, look=look
    )


@require_http_methods(METHODS)
@once
def body_new(request: HttpRequest) -> HttpResponse:
    asked = cast(BodyRequest, request)
    form = shapes.BodyForm(asked.POST or None, day=clock.today(asked.village.tz))
    return _form_page(
        request,
        form,
        _("A new body"),
        lambda: actions.found_body(asked.village, by=asked.user, **form.cleaned_data),
        _("The body is entered. Add its posts."),
    )


@require_http_methods(METHODS)
@once
def body_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked, body = cast(BodyRequest, request), body_of(request, pk)
    form = shapes.EndForm(asked.POST or None)
    return _form_page(
        request,
        form,
        _("%(body)s ends") % {"body": body.name},
        lambda: actions.end_body(body, by=asked.user, ended_on=form.cleaned_data["ended_on"]),
        _("The body has ended; its history stays."),
        body=body,
    )


@require_http_methods(METHODS)
@once
def post_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked, body = cast(BodyRequest, request), body_of(request, pk)
    form = shapes.PostForm(asked.POST or None, day=clock.today(asked.village.tz))
    return _form_page(
        request,
        form,
        _("A new post"),
        lambda: actions.create_post(body, by=asked.user, **form.cleaned_data),
        _("The post is entered. Appoint somebody."),
        body=body,
    )


@require_http_methods(METHODS)
@once
def post_end(request: HttpRequest, post_pk: UUID) -> HttpResponse:
    asked, post = cast(BodyRequest, request), post_of(request, post_pk)
    form = shapes.EndForm(asked.POST or None)
    return _form_page(
        request,
        form,
        _("%(post)s ends") % {"post": post.title},
        lambda: actions.end_post(post, by=asked.user, ended_on=form.cleaned_data["ended_on"]),
        _("The post has ended; its history stays."),
        body=post.body,
    )


@require_http_methods(METHODS)
@once
def appoint(request: HttpRequest, post_pk: UUID) -> HttpResponse:
    """Rights begin on the day that is entered here. Nobody appoints himself."""
    asked, post = cast(BodyRequest, request), post_of(request, post_pk)
    form = shapes.AppointForm(asked.POST or None, village=asked.village)

    def deed() -> None:
        given = form.cleaned_data
        person = form.who or actions.register_outsider(asked.village, by=asked.user, name=given["name"])
        actions.appoint(
            post,
            person,
            by=asked.user,
            from_on=given["from_on"],
            ground=given["ground"],
            phone=given["phone"],
            to_on=given["to_on"],
        )

    heading = _("Appoint: %(post)s") % {"post": post.title}
    lead = _("Rights begin on the day you enter. Nobody appoints himself.")
    if former := queries.last_supervisor(post, clock.today(asked.village.tz)):
        passes = _("%(name)s holds the post; on that day it passes on.") % {"name": former.person.name}
        lead = f"{passes} {lead}"
    return _form_page(request, form, heading, deed, _("Appointed."), body=post.body, lead=lead)


@require_http_methods(METHODS)
@once
def end(request: HttpRequest, appointment_pk: UUID) -> HttpResponse:
    asked, row = cast(BodyRequest, request), appointment_of(request, appointment_pk)
    form = shapes.EndAppointmentForm(asked.POST or None)
    count, lines = queries.left_with(request, row.post)
    lead = _("Rights end on that day. What was dispatched stays with the post.")
    if count:
        open_ = ngettext("%(n)d matter is open with this post.", "%(n)d matters are open with this post.", count)
        lead = f"{open_ % {'n': count}} {lead}"
    return _form_page(
        request,
        form,
        _("%(name)s leaves the post %(post)s") % {"name": row.person.name, "post": row.post.title},
        lambda: actions.end_appointment(row, by=asked.user, **form.cleaned_data),
        _("Entered. What was dispatched stays with the post."),
        body=row.post.body,
        lead=lead,
        stays=lines,
    )


@require_http_methods(METHODS)
@once
def leave(request: HttpRequest, appointment_pk: UUID) -> HttpResponse:
    asked, row = cast(BodyRequest, request), appointment_of(request, appointment_pk)
    shown = {"away_from": row.away_from, "away_to": row.away_to, "stood": actions.leave_of(row)}
    form = shapes.LeaveForm(asked.POST or None, initial=shown)

    def look() -> answering.Now:
        now = appointment_of(request, appointment_pk)
        days = [(_("On leave from"), now.away_from), (_("Back on"), now.away_to)]
        lines = [(label, day(on) if on else "—") for label, on in days]
        return answering.Now(lines, {"stood": actions.leave_of(now)})

    return _form_page(
        request,
        form,
        _("Leave of %(name)s") % {"name": row.person.name},
        lambda: actions.set_leave(row, by=asked.user, **form.cleaned_data),
        _("Entered; the partner post is shown meanwhile."),
        body=row.post.body,
        lead=_("Both days empty: they are back."),
        look=look,
    )


@require_http_methods(METHODS)
@once
def pair(request: HttpRequest, post_pk: UUID) -> HttpResponse:
    asked, post = cast(BodyRequest, request), post_of(request, post_pk)
    shown = {"partner": post.partner_id, "stood": post.partner_id or ""}
    form = shapes.PairForm(asked.POST or None, post=post, initial=shown)

    def look() -> answering.Now:
        now = post_of(request, post_pk)
        title = now.partner.title if now.partner else "—"
        return answering.Now([(_("Which post stands in?"), title)], {"stood": str(now.partner_id or "")})

    return _form_page(
        request,
        form,
        _("Who stands in for %(post)s?") % {"post": post.title},
        lambda: actions.pair_posts(post, form.cleaned_data["partner"], by=asked.user, stood=form.cleaned_data["stood"]),
        _("They stand in for each other now."),
        body=post.body,
        look=look,
    )
