"""What the office writes: one form a step, each field with its reason, all values kept over an error."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.bodies.models import Post
from tongxin.casework.models import Channel
from tongxin.core import numbers
from tongxin.issues import queries
from tongxin.issues.forms.fields import PhoneField
from tongxin.issues.forms.telling import Slot, slots
from tongxin.issues.forms.uploads import NOT_A_PHOTO, Uploads
from tongxin.issues.models import Category, Issue, Kind
from tongxin.issues.wording import TITLE_LENGTH

WORDS_LENGTH = 1000
OTHER = "other"
TITLE_HINT = _("Everybody may read it: the place and the matter, no names.")
READ_BY_TELLER = _("The teller reads it word for word.")
TOO_LONG = {"max_length": _("That is too long. Keep the main thing.")}
BY_MOUTH = [
    (Channel.PHONE, pgettext_lazy("asked how", "By telephone")),
    (Channel.DOOR, pgettext_lazy("asked how", "At the door")),
]


def words(label: Any, missing: Any = "", *, hint: Any = "", rows: int = 3) -> Any:
    """A field of sentences; `missing` is said when it is empty and may not be."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(missing),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={**TOO_LONG, "required": missing},
    )


def public_title() -> forms.CharField:
    return forms.CharField(
        label=_("Title for all to read"),
        help_text=TITLE_HINT,
        required=False,
        max_length=TITLE_LENGTH,
        error_messages=TOO_LONG,
    )


class StepForm(forms.Form):
    """A step on an issue. `prefix` keeps several of them apart on one page."""

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.issue = issue
        if not self.is_bound and "key" in self.fields:
            self.initial.setdefault("key", str(uuid4()))
        if "title" in self.fields:
            self.initial.setdefault("title", issue.title)


class AcceptForm(StepForm):
    title = public_title()


class DispatchForm(StepForm):
    """To whom: one of the first few, or another from the list; by when; under which title."""

    post = forms.ChoiceField(
        label=_("To whom?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose a post from the list.")},
    )
    other = forms.ChoiceField(
        label=_("Another post"),
        required=False,
        error_messages={"invalid_choice": _("Choose a post from the list.")},
    )
    due_on = forms.DateField(
        label=_("To be answered by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This is no day. Write it as 2023-06-20.")},
    )
    title = public_title()
    note = words(_("A word along with it"), hint=READ_BY_TELLER, rows=2)

    def __init__(self, *args: Any, choices: Sequence[queries.Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {str(choice.post.pk): choice.post for choice in choices}
        listed = [(pk, post.title) for pk, post in self.posts.items()]
        self.fields["post"].choices = [*listed, (OTHER, _("Somebody else"))]  # type: ignore[attr-defined]
        self.fields["other"].choices = [("", _("Choose…")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, other = data.get("post") or OTHER, data.get("other", "")
        pk = other if first == OTHER else first
        if other and first not in (OTHER, other):
            # nobody can know which was meant: without a script both stay as they were pressed
            self.add_error("post", _("Two posts are chosen. Keep one."))
        elif not self.errors.keys() & {"post", "other"} and pk not in self.posts:
            self.add_error("post", _("To whom is not chosen yet."))
        data["chosen"] = self.posts.get(pk)
        return data

    @property
    def chosen(self) -> Post:
        post: Post = self.cleaned_data["chosen"]
        return post


WHY = _("Write the reason; the teller will read it.")


class EndForm(StepForm):
    """Not ours, or passed on: why, and where to go."""

    reason = words(_("Why?"), WHY, hint=READ_BY_TELLER)
    where_to = forms.CharField(
        label=_("Where can they go?"),
        help_text=_("The office and its telephone number."),
        max_length=120,
        error_messages={**TOO_LONG, "required": _("Write where they can go, with a telephone number.")},
    )


class GiveUpForm(StepForm):
    reason = words(_("Why can it not be done?"), WHY, hint=READ_BY_TELLER)


class HandBackForm(StepForm):
    reason = words(
        _("Why can you not do it?"),
        _("Write why, so that the council can find another way."),
        hint=_("The council reads it and looks for somebody else. Nobody is blamed."),
    )


class MergeForm(StepForm):
    """The number of the one that says the same."""

    into = forms.CharField(
        label=_("Number of the other matter"),
        help_text=_("It stays open; all who told it hear the answer."),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "inputmode": "numeric"}),
        error_messages={**TOO_LONG, "required": _("Write the number of the other matter.")},
    )

    def clean_into(self) -> str:
        try:
            return numbers.compose(*numbers.parse(self.cleaned_data["into"]))
        except numbers.BadNumber:
            raise forms.ValidationError(_("The number does not fit. Please look again.")) from None


class ReclassifyForm(StepForm):
    category = forms.ChoiceField(label=_("What it is about"), choices=Category.choices)
    kind = forms.ChoiceField(label=_("What is wanted"), choices=[c for c in Kind.choices if c[0] != Kind.COMPLAINT])
    title = public_title()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("category", self.issue.category)
        self.initial.setdefault("kind", self.issue.kind)
        if self.issue.about_post_id:
            del self.fields["kind"]


class NoteForm(StepForm):
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    text = words(_("What happened?"), _("Write what happened; one line is enough."), hint=READ_BY_TELLER)


class AnswerForm(StepForm):
    """What was done; photos help and are never asked for. What has arrived is kept over an error elsewhere."""

    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    reply = words(
        _("What was done?"),
        _("Write what was done; one line is enough."),
        hint=_("The teller reads it, later everybody: no names, no numbers."),
    )
    photo1 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})
    photo2 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})
    photo3 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads = Uploads(self.data, self.files)

    @property
    def photos(self) -> list[Slot]:
        return slots(self, self.uploads)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for slot, message in self.uploads.take_in(data):
            self.add_error(slot, str(message))
        return data


class VerdictForm(StepForm):
    """What the teller said when somebody asked."""

    channel = forms.ChoiceField(
        label=_("How did you ask?"),
        choices=BY_MOUTH,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose whether you called or went there.")),
    )
    note = words(_("In their own words"), rows=2)


class JoinForm(StepForm):
    """One more who says the same."""

    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    phone = PhoneField(label=_("Their telephone"), help_text=_("So that they hear the answer. None is fine too."))
    channel = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=[*BY_MOUTH, (Channel.DESK, pgettext_lazy("asked how", "At the desk"))],
        initial=Channel.PHONE,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how they said it.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["autocomplete"] = "off"  # the number of the one who types is not theirs


class SittingForm(forms.Form):
    """A sitting of the council: when, how many, what was said, and which acts it looked at."""

    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    held_on = forms.DateField(
        label=_("Held on"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Write the day, as 2023-06-20.")),
    )
    present = forms.IntegerField(
        label=_("Members present"),
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Write how many members were present.")
        ),
    )
    note = words(_("What was said"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial = {**self.initial, "key": str(uuid4()), "held_on": today}

    @property
    def entries(self) -> list[UUID]:
        """What the boxes beside the acts say; nonsense counts as not ticked."""
        found = []
        for text in self.data.getlist("entries") if hasattr(self.data, "getlist") else ():
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found


class UsualForm(forms.Form):
    """One line of 'who usually does what'."""

    post = forms.ChoiceField(
        label=_("Post"),
        required=False,
        error_messages={"invalid_choice": _("Choose a post from the list.")},
    )
    question = forms.CharField(label=_("As people ask it"), required=False, max_length=40, error_messages=TOO_LONG)

    def __init__(self, *args: Any, posts: Sequence[Post], category: str, **kwargs: Any) -> None:
        kwargs |= {"label_suffix": "", "prefix": category}
        super().__init__(*args, **kwargs)
        self.category = category
        self.label = str(Category(category).label)
        self.posts = {str(post.pk): post for post in posts}
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            ("", _("The grid worker of the place")),
            *((pk, post.title) for pk, post in self.posts.items()),
        ]

    @property
    def chosen(self) -> Post | None:
        return self.posts.get(self.cleaned_data["post"])
