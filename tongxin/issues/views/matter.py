"""One issue as the office sees it: what was said, who may be called, what happened, and the steps open to this user."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongxin.bodies.models import Post
from tongxin.core import clock
from tongxin.issues import access, actions, queries, wording
from tongxin.issues.actions.looking import ToldBy
from tongxin.issues.forms import desk as shapes
from tongxin.issues.forms.unsealing import AskForm
from tongxin.issues.models import Issue, IssueEntry, IssueFile, Status
from tongxin.issues.views import contacts, envelopes, sentences
from tongxin.issues.views.pictures import memos, pictures
from tongxin.issues.views.status import is_by_day
from tongxin.issues.views.working import StaffRequest, fetch, late, office, seen_of, subject, whereabouts
from tongxin.issues.workflow import ISSUE

FIRST_PICKS = 3
# step: (form, icon); the order in which they are offered. Verdicts come as one form with two buttons.
FORMS: dict[str, tuple[type[shapes.StepForm], str]] = {
    "answer": (shapes.AnswerForm, "check"),
    "dispatch": (shapes.DispatchForm, "send"),
    "accept": (shapes.AcceptForm, "check"),
    "note": (shapes.NoteForm, "note"),
    "hand_back": (shapes.HandBackForm, "arrow-back-up"),
    "merge": (shapes.MergeForm, "git-merge"),
    "reclassify": (shapes.ReclassifyForm, "edit"),
    "refer": (shapes.EndForm, "external-link"),
    "decline": (shapes.EndForm, "ban"),
    "give_up": (shapes.GiveUpForm, "mood-sad"),
}
BESIDE = ("merge", "refer", "decline")  # offered as links beside the list
VERDICTS = frozenset({"confirm", "reopen", "appeal"})


@dataclass(frozen=True)
class Line:
    """A line of the story, with the words that were written along with it."""

    at: Any
    sentence: str
    note: str
    by_day: bool = False  # what a teller did; of a sealed matter the hour is not known


@dataclass(frozen=True)
class Pick:
    """A post to choose, as somebody who knows the people would say it."""

    value: str
    title: str
    holders: str
    reason: str = ""
    away: str = ""
    checked: bool = False


@dataclass(frozen=True)
class Dispatching:
    form: shapes.DispatchForm
    picks: list[Pick]  # the suggested ones
    others: list[Pick]
    reason: str
    due: date
    is_again: bool

    @property
    def is_other(self) -> bool:
        """Whether the list of the others is what is chosen."""
        return not any(pick.checked for pick in self.picks)


@dataclass(frozen=True)
class Offer:
    """A step that this user may take now, with its form."""

    name: str
    label: str
    url: str
    icon: str
    form: forms.Form
    is_open: bool = False


@dataclass
class Matter:
    """The whole of it for a page."""

    issue: Issue
    subject: str
    where: str
    state: str
    late: str
    told: list[str]
    contact: contacts.Contact | None
    lines: list[Line]
    words: str
    passed_on: str  # of a sealed one, for whoever does not read the record: what was written for them
    told_photos: list[Any]
    result_photos: list[Any]
    sounds: list[str]
    seen: str
    dispatching: Dispatching | None = None
    offers: list[Offer] = field(default_factory=list)  # in the order of `FORMS`; the first may be the main one
    verdict: Offer | None = None
    envelope: envelopes.Panel | None = None
    alike: list[Any] = field(default_factory=list)


def read(request: StaffRequest, issue: Issue, *, shown: ToldBy | None = None) -> Matter:
    """What was said and what happened; without steps. `shown`: with who told it, for which an entry was left.

    Raises:
        TooMany: a sealed one, and this user has opened enough today.
    """
    if issue.is_sealed and shown is None:
        actions.read_sealed(issue, by=request.user)
    files, story = queries.files(issue), queries.story(issue)
    reads = access.can_read_record(request.user, issue)
    contact = contacts.contact(request, issue, shown=shown)
    return Matter(
        issue=issue,
        subject=subject(issue),
        where=whereabouts(issue),
        state=sentences.state(issue),
        late=late(issue, clock.today(request.village.tz)),
        told=contacts.told(issue, contact),
        contact=contact,
        lines=[replace(story_line(entry, reads=reads), by_day=is_by_day(issue, entry)) for entry in story],
        words=issue.words if reads else "",
        passed_on="" if reads else next((entry.note for entry in story if entry.step == "dispatch"), ""),
        told_photos=pictures([f for f in files if reads and f.purpose == IssueFile.Purpose.TOLD]),
        result_photos=pictures([f for f in files if f.purpose == IssueFile.Purpose.RESULT]),
        sounds=memos(files) if reads else [],
        seen=seen_of(issue),
    )


def story_line(entry: IssueEntry, *, reads: bool = True) -> Line:
    """`reads`: whether this user reads the teller's own words; what the staff wrote everybody reads who sees it."""
    return Line(entry.at, wording.sentence(entry), entry.note if reads or entry.by_id else "")


def brief(
    request: StaffRequest, issue: Issue, posts: Sequence[Post], *, form: shapes.DispatchForm | None = None
) -> Matter:
    """For the side of the list: read, and give it to somebody in two taps."""
    found = read(request, issue)
    found.dispatching = dispatching(request, issue, posts, form)
    found.offers = [offer(step, issue) for step in BESIDE if ISSUE.allows(step, request.user, issue)]
    return found


def may_dispatch(request: StaffRequest, issue: Issue) -> bool:
    """From 'received' too: the same press takes it on."""
    if issue.status == Status.TOLD:
        return ISSUE.allows("accept", request.user, issue)
    return ISSUE.allows("dispatch", request.user, issue)


def dispatching(
    request: StaffRequest, issue: Issue, posts: Sequence[Post] | None = None, form: shapes.DispatchForm | None = None
) -> Dispatching | None:
    if not may_dispatch(request, issue):
        return None
    today = clock.today(request.village.tz)
    choices = queries.choices(issue, today, posts)
    form = form or shapes.DispatchForm(issue=issue, choices=choices, auto_id="id_dispatch_%s")
    first, other = form["post"].value(), form["other"].value()
    suggested = [choice for choice in choices if choice.suggestion][:FIRST_PICKS]
    rest = [choice for choice in choices if choice not in suggested]
    picks = [_pick(c, issue, first == str(c.post.pk) if first else i == 0) for i, c in enumerate(suggested)]
    return Dispatching(
        form,
        picks,
        [_pick(c, issue, other == str(c.post.pk)) for c in rest],
        picks[0].reason if picks else "",
        queries.default_due(issue, today),
        issue.status == Status.DISPATCHED,
    )


def _pick(choice: queries.Choice, issue: Issue, checked: bool) -> Pick:
    partner = choice.post.partner
    away = ""
    if choice.is_away:
        away = _("On leave; %(partner)s stands in.") % {"partner": partner.title} if partner else _("On leave.")
    return Pick(
        str(choice.post.pk),
        choice.post.title,
        "、".join(holder.person.name for holder in choice.holders),
        reason(choice.suggestion, issue) if choice.suggestion else "",
        away,
        checked,
    )


def reason(hint: queries.Suggestion, issue: Issue) -> str:
    """Why this post is suggested."""
    values = {
        "category": issue.get_category_display(),
        "group": issue.group.name if issue.group else "",
        "of": hint.of,
        "times": hint.times,
    }
    if hint.reason == "records" and issue.group:
        return _("In a year %(times)d of %(of)d matters of this kind in %(group)s went to this post.") % values
    if hint.reason == "records":
        return _("In a year %(times)d of %(of)d matters of this kind went to this post.") % values
    if hint.reason == "usual":
        return _("The village has set this post for “%(category)s”.") % values
    return _("This post answers for the grid where it is.")


def full(
    request: StaffRequest, issue: Issue, *, faulty: tuple[str, forms.Form] | None = None, shown: ToldBy | None = None
) -> Matter:
    """With the steps open to this user; `faulty` is the form that came back, by its step."""
    found = read(request, issue, shown=shown)
    name, form = faulty or ("", None)
    found.dispatching = dispatching(request, issue, form=form if isinstance(form, shapes.DispatchForm) else None)
    steps = {step.name for step in ISSUE.open_to(request.user, issue)}
    asked = request.GET.get("step", "")
    for step in FORMS:
        if step in steps and step != "dispatch":
            found.offers.append(offer(step, issue, form if step == name else None, asked=asked))
    if VERDICTS & steps:
        found.verdict = _verdict(request, issue, form if name in ("confirm", "not_yet") else None)
    if access.can_join(request.user, issue):
        label, given = _("Somebody else says so too"), form if name == "join" else None
        found.offers.append(_step_offer("join", label, issue, shapes.JoinForm, "user-plus", given, asked=asked))
    found.envelope = envelopes.panel(request, issue, form if isinstance(form, AskForm) else None)
    found.alike = alike(request, issue)
    return found


def offer(name: str, issue: Issue, form: forms.Form | None = None, *, asked: str = "") -> Offer:
    """A step of the table with its form; `form` is one that came back, `asked` the step that the address opens."""
    shape, icon = FORMS[name]
    return _step_offer(name, str(ISSUE.steps[name].label), issue, shape, icon, form, asked=asked)


def _step_offer(
    name: str,
    label: str,
    issue: Issue,
    shape: type[shapes.StepForm],
    icon: str,
    form: forms.Form | None,
    *,
    asked: str = "",
) -> Offer:
    fresh = form or shape(issue=issue, auto_id=f"id_{name}_%s")
    url = reverse(f"issues:{name}", args=[issue.number])
    return Offer(name, label, url, icon, fresh, form is not None or name == asked)


def _verdict(request: StaffRequest, issue: Issue, form: forms.Form | None) -> Offer:
    """One form, two buttons; 'done' only for whom the table lets say so."""
    name = "confirm" if ISSUE.allows("confirm", request.user, issue) else "not_yet"
    return _step_offer(name, _("What does the teller say?"), issue, shapes.VerdictForm, "phone-call", form)


@dataclass(frozen=True)
class Alike:
    issue: Issue
    subject: str
    where: str


def alike(request: StaffRequest, issue: Issue) -> list[Alike]:
    """Open ones that may say the same, as far as this user sees them; nothing for what stays alone."""
    if not ISSUE.allows("merge", request.user, issue) or issue.about_post_id is not None:
        return []
    found = queries.similar(
        issue.village_id,
        issue.category,
        place_id=issue.place_id,
        group_id=issue.group_id,
        household_id=issue.household_id,
        leave_out=issue.pk,
        among=queries.visible_to(request.user, issue.village_id),
    )
    return [Alike(other, subject(other), whereabouts(other)) for other in found]


@office
@require_safe
def issue(request: StaffRequest, number: str) -> HttpResponse:
    return page(request, fetch(request, number))


def page(
    request: StaffRequest,
    issue: Issue,
    *,
    faulty: tuple[str, forms.Form] | None = None,
    shown: ToldBy | None = None,
    status: int = 200,
) -> HttpResponse:
    matter = full(request, issue, faulty=faulty, shown=shown)
    reads_list = request.held.may("issues.lists")
    request.menu_at = "issues:inbox" if reads_list else "issues:tasks"
    context = {
        "matter": matter,
        "issue": issue,
        "faulty": faulty[1] if faulty else None,
        "back": request.POST.get("back", ""),
        "into": into(request, issue),
        "main": next((offer for offer in matter.offers if offer.name == "answer"), None),
        "rest": [offer for offer in matter.offers if offer.name != "answer"],
        "list_url": reverse("issues:inbox" if reads_list else "issues:tasks"),
        "list_name": pgettext("menu", "Matters") if reads_list else pgettext("menu", "In my hands"),
    }
    return render(request, "issues/issue_page.html", context, status=status)


def into(request: StaffRequest, issue: Issue) -> Issue | None:
    """What it was merged into, if this user may see it."""
    if issue.merged_into_id is None:
        return None
    return queries.visible_to(request.user, issue.village_id).filter(pk=issue.merged_into_id).first()


# --- for the page of who looked --------------------------------------------------------------------------------------
def reach(request: HttpRequest) -> QuerySet[Issue]:
    """The matters that this reader may know of; none that is about them."""
    return Issue.objects.visible_to(request.user).values("pk")  # type: ignore[return-value]


def named(ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Their numbers, and where they stand."""
    rows = Issue.objects.filter(pk__in=ids).only("number")
    return {row.pk: (row.number, reverse("issues:issue", args=[row.number])) for row in rows}
