"""From a number or four digits to a matter; and the page where all of that starts."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.core.numbers import BadNumber
from tongxin.core.once import repeats
from tongxin.issues import queries
from tongxin.issues.forms.finding import FindForm
from tongxin.issues.models import Issue
from tongxin.issues.views import proof, sentences, tries
from tongxin.issues.views.asking import NotThere, VillageRequest, resident

NOTHING = gettext_lazy("Nothing has this number. Call and ask.")


def by_number(request: VillageRequest, number: str) -> Issue:
    """The issue of a number as it stands in the address. What is sealed is answered like what is not there: a number
    can be counted through, and how many sealed matters there are is nobody's business.

    Raises:
        NotThere: the check digit does not fit, or nothing has that number.
    """
    try:
        issue = queries.by_number(request.village.pk, number)
    except BadNumber:
        raise NotThere(_("The number does not fit. Type it again from the slip."), field="number") from None
    if issue is None or proof.is_closed_book(issue):
        raise NotThere(NOTHING, field="number")
    return issue


@dataclass(frozen=True)
class Found:
    """A matter in a list: what it is about, when it was told, how it stands."""

    issue: Issue
    state: str


def listed(issues: list[Issue], *, is_teller: bool) -> list[Found]:
    return [Found(issue, sentences.state(issue, is_teller=is_teller)) for issue in issues]


@resident
@require_safe
def say(request: VillageRequest) -> HttpResponse:
    ids = proof.mine(request)
    mine = (
        list(queries.rows().filter(pk__in=ids).select_related("handler_post").order_by("-told_at")[:20]) if ids else []
    )
    answered = queries.rows().of(request.village).shown_to_all().select_related("group").order_by("-answered_at")[:5]
    context = {"mine": listed(mine, is_teller=True), "answered": answered, "find": FindForm()}
    return render(request, "issues/resident_say.html", context)


@resident
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("asks and changes nothing; a wrong try is counted although nothing else is done")
def say_find(request: VillageRequest) -> HttpResponse:
    if request.method == "POST":
        return _by_tail(request)
    text = request.GET.get("number", "").strip()
    if not text:
        return render(request, "issues/resident_find.html", {"find": FindForm()})
    try:
        issue = queries.by_number(request.village.pk, text)
    except BadNumber:
        wrong = _("The number does not fit. Type it again from the slip.")
        return render(
            request, "issues/resident_find.html", {"find": FindForm(), "typed": text, "wrong": wrong}, status=422
        )
    if issue is None or proof.is_closed_book(issue):
        context = {"find": FindForm(), "typed": text, "wrong": NOTHING}
        return render(request, "issues/resident_find.html", context, status=404)
    return redirect("issues:say_status", issue.number)


def _by_tail(request: VillageRequest) -> HttpResponse:
    """Four digits and a group. What they prove is remembered; what is sealed is not found at all."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "issues/resident_find.html", {"find": form}, status=422)
    door = tries.Door(request, f"tail|{form.cleaned_data['group'].pk}|{form.cleaned_data['tail']}")
    door.check()
    tail = form.cleaned_data["tail"]
    rows = queries.by_tail(request.village.pk, tail, form.cleaned_data["group"].pk)
    found = [issue for issue in rows if not proof.is_closed_book(issue)]
    if not found:
        door.failed()
        form.add_error(None, _("Nothing found. Try other words, or call."))
        return render(request, "issues/resident_find.html", {"find": form}, status=404)
    response = render(request, "issues/resident_find.html", {"find": form, "found": listed(found, is_teller=False)})
    proof.remember(request, response, *[i.pk for i in found if queries.prove(i, tail=tail)])
    return response
