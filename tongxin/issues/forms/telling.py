"""What a resident hands in: tolerant of how people write, every value kept, every error one plain sentence."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.casework.models import Channel
from tongxin.core import clock
from tongxin.issues.actions import Report
from tongxin.issues.forms.fields import PhoneField, RowChoice, SharedFields, own
from tongxin.issues.forms.uploads import NOT_A_PHOTO, PHOTOS, SLOTS, Uploads
from tongxin.issues.models import Category, Kind
from tongxin.issues.wording import NOTHING_SAID
from tongxin.people.models import Household
from tongxin.territory.models import Group, Place

WORDS_LENGTH = 2000


@dataclass(frozen=True)
class Slot:
    """One tile for a photo; `kept` names one that has arrived already."""

    name: str
    auto_id: str
    errors: list[str]
    kept: str


def slots(form: forms.Form, uploads: Uploads) -> list[Slot]:
    """The three tiles of a form, as they are to be drawn."""
    here = {kept.slot: kept.token for kept in uploads.kept}
    return [
        Slot(name, form[name].auto_id, [str(error) for error in form[name].errors], here.get(name, ""))
        for name in PHOTOS
    ]


class TellingForm(forms.Form):
    """One sheet: what it is about, words or voice or photos, where, a telephone.

    Whoever ticks that others must not know (`is_sealed`) or that it is about an officer (`is_about`) is led to the
    quiet channel (`forms.sealed`).

    Choices that need the database are asked for only when they are drawn or given.
    """

    use_required_attribute = False

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("What it is about is not chosen yet.")),
    )
    words = forms.CharField(
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("That is too long. Keep the main thing, or call.")},
    )
    audio = forms.FileField(
        required=False, error_messages={"empty": _("Nothing was recorded. Say it again, or write.")}
    )
    photo1 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})
    photo2 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})
    photo3 = forms.FileField(required=False, error_messages={"empty": NOT_A_PHOTO})
    group = RowChoice(
        queryset=None,
        empty_label=_("Choose one"),
        required=False,
        error_messages={"invalid_choice": _("Choose a group, or write the place.")},
    )
    place_text = forms.CharField(
        required=False,
        max_length=120,
        error_messages={"max_length": _("That is too long. The name of the spot is enough.")},
    )
    phone = PhoneField()
    ours = forms.BooleanField(required=False)
    is_sealed = forms.BooleanField(required=False)
    is_about = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, files: Any = None, *, at: Place | None = None, **kwargs: Any) -> None:
        super().__init__(data, files, label_suffix="", **kwargs)
        self.at = at
        self.uploads = Uploads(self.data, self.files)
        if not self.is_bound or self.data.get("group"):
            self.offer()
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def offer(self) -> None:
        """What there is to choose from: asked for when it is drawn or was given, since most sheets choose neither."""
        groups = Group.objects.on(clock.today()).order_by("number")
        own(self, "group").queryset = groups

    @property
    def photos(self) -> list[Slot]:
        return slots(self, self.uploads)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.take_in()
        files_fine = not any(slot in self.errors for slot in SLOTS)
        if not (data.get("words") or self.has_files or "words" in self.errors) and files_fine:
            self.add_error("words", NOTHING_SAID)
        return data

    @property
    def has_files(self) -> bool:
        return bool(self.uploads)

    def take_in(self) -> None:
        for slot, message in self.uploads.take_in(self.cleaned_data):
            self.add_error(slot, str(message))

    def report(self, *, household: Household | None, by_code: bool) -> Report:
        """What was said, for the action. A chosen group means: not where the code hangs."""
        said = self.cleaned_data
        return Report(
            category=said["category"],
            words=said["words"],
            place=None if said["group"] else self.at,
            place_text=said["place_text"],
            group=said["group"],
            household=household if said["ours"] else None,
            phone=said["phone"],
            channel=Channel.CODE if by_code else Channel.PAGE,
            photos=self.uploads.photos,
            sound=self.uploads.sound,
        )


TellingForm.base_fields = SharedFields(TellingForm.base_fields)


class FeedbackForm(forms.Form):
    """About this website: words, and a telephone if an answer is wanted."""

    use_required_attribute = False

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a few words."),
            "max_length": _("That is too long. Keep the main thing, or call."),
        },
    )
    phone = PhoneField()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        if not self.is_bound:
            self.initial.setdefault("key", str(uuid4()))

    def report(self, place: str) -> Report:
        return Report(
            category=Category.OTHER,
            kind=Kind.SUGGESTION,
            words=self.cleaned_data["words"],
            place_text=place,
            phone=self.cleaned_data["phone"],
            channel=Channel.PAGE,
        )
