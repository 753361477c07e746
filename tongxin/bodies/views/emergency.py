"""A post lent for hours when nobody else can be reached: given by form, taken back by a button."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.bodies import access, actions
from tongxin.bodies import forms as shapes
from tongxin.bodies.models import EmergencyAccess
from tongxin.bodies.views.tree import BodyRequest, post_of
from tongxin.core import answering
from tongxin.core.errors import DomainError
from tongxin.core.once import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def emergency(request: HttpRequest, post_pk: UUID) -> HttpResponse:
    asked, post = cast(BodyRequest, request), post_of(request, post_pk)
    if not access.is_lent(post):
        raise Http404
    request.menu_at = "bodies:bodies"  # type: ignore[attr-defined]
    form = shapes.EmergencyForm(asked.POST or None, village=asked.village, user=asked.user)
    return answering.form_page(
        request,
        form,
        lambda: actions.lend_post(post, by=asked.user, **form.cleaned_data),
        _("Given. It ends by itself; the supervisors see it."),
        heading=_("Emergency access: %(post)s") % {"post": post.title},
        back=reverse("bodies:body", args=[post.body_id]),
        back_label=post.body.name,
        lead=_("For 24 hours at most, beside whoever holds the post. The supervisors see it at once."),
    )


@require_POST
@once
def emergency_end(request: HttpRequest, emergency_pk: UUID) -> HttpResponse:
    asked = cast(BodyRequest, request)
    rows = EmergencyAccess.objects.filter(village=asked.village, pk=emergency_pk)
    lent = rows.select_related("post").first()
    if lent is None:
        raise Http404
    try:
        actions.take_back(lent, by=asked.user)
        messages.success(request, _("It has ended."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return HttpResponseRedirect(reverse("bodies:body", args=[lent.post.body_id]), status=303)
