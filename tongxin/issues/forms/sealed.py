"""The sheet of the quiet channel, and what its teller does later with the receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.bodies.models import Post
from tongxin.casework.models import Channel
from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.actions import Report
from tongxin.issues.forms.fields import PostChoice, own
from tongxin.issues.forms.telling import WORDS_LENGTH, Slot, TellingForm, slots
from tongxin.issues.forms.uploads import NOT_A_PHOTO, PHOTOS, SLOTS, Uploads
from tongxin.issues.queries import receipts
from tongxin.issues.wording import NOTHING_SAID

CARRIED = ("category", "words", "group", "place_text", "phone")  # what the ordinary sheet had that this one has too


class Offices(forms.Form):
    """Whom it is about: offices of the list, never a name that somebody types (R25)."""

    about_post = PostChoice(
        queryset=None,
        empty_label=_("Choose one"),
        required=False,
        error_messages={"invalid_choice": _("Choose the office from the list.")},
    )
    about_too = PostChoice(
        queryset=None,
        empty_label=_("Choose one"),
        required=False,
        error_messages={"invalid_choice": _("Choose the office from the list.")},
    )

    def offer_offices(self) -> None:
        posts = Post.objects.filter(ended_on=None).select_related("grid").order_by("position", "id")
        for name in ("about_post", "about_too"):
            own(self, name).queryset = posts

    def offices(self) -> tuple[Post | None, Post | None]:
        """For the action; one office stands first, whichever line it was chosen in."""
        first, second = self.cleaned_data.get("about_post"), self.cleaned_data.get("about_too")
        return (first or second, None) if first is None or first == second else (first, second)


class SealedForm(Offices, TellingForm):
    """The same sheet without household, draft and kept files: photos come with the press that hands it in, or again.

    Words that name an officer are asked about once, unless `not_about` says that they are not meant.
    """

    key = None  # type: ignore[assignment]  # the pass of the form is its key
    ours = None  # type: ignore[assignment]
    is_sealed = None  # type: ignore[assignment]
    is_about = None  # type: ignore[assignment]
    not_about = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.named: list[Post] = []
        self.uploads = Uploads({}, self.files)
        self.offer()
        self.offer_offices()

    @property
    def has_files(self) -> bool:
        """Whether any came with this press, taken in or not."""
        return any(self.files.get(slot) for slot in SLOTS)

    @property
    def lost_files(self) -> bool:
        """A sheet that comes back has kept none of them."""
        return bool(self.errors) and self.has_files

    def take_in(self) -> None:
        """Files last: nothing is written to the disk for a sheet that comes back."""
        self._ask_about_office()
        if not self.errors:
            super().take_in()

    def _ask_about_office(self) -> None:
        data = self.cleaned_data
        if data.get("about_post") or data.get("about_too") or data.get("not_about") or not data.get("words"):
            return
        self.named = queries.offices_named(data["words"], clock.today())
        if self.named:
            titles = "、".join(dict.fromkeys(post.title for post in self.named[:3]))
            words = _("You mention %(office)s. Is it about them? Choose the office, or tick that it is not.")
            self.add_error("about_post", str(words % {"office": titles}))

    def said(self, *, by_code: bool) -> Report:
        """What was said, for the action."""
        said = self.cleaned_data
        about_post, about_too = self.offices()
        return Report(
            category=said["category"],
            words=said["words"],
            place=None if said["group"] else self.at,
            place_text=said["place_text"],
            group=said["group"],
            phone=said["phone"],
            is_sealed=True,
            about_post=about_post,
            about_too=about_too,
            channel=Channel.CODE if by_code else Channel.PAGE,
            photos=self.uploads.photos,
            sound=self.uploads.sound,
        )


class ReceiptForm(forms.Form):
    """The code that opens a sealed matter. What is wrong with its shape is said; whether it exists is not asked."""

    use_required_attribute = False

    receipt = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": _(receipts.EMPTY),
            "max_length": _(receipts.OVER),
        },
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    def clean_receipt(self) -> str:
        try:
            return receipts.tidy(self.cleaned_data["receipt"])
        except receipts.BadReceipt as error:
            raise forms.ValidationError(_(error.reason)) from None


class AddForm(forms.Form):
    """More words, photos or a voice memo, by the teller."""

    use_required_attribute = False

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

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, label_suffix="", **kwargs)
        self.uploads = Uploads({}, self.files)

    @property
    def photos(self) -> list[Slot]:
        return slots(self, self.uploads)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            for slot, message in self.uploads.take_in(self.cleaned_data):
                self.add_error(slot, str(message))
        files_fine = not any(slot in self.errors for slot in (*PHOTOS, "audio"))
        if not (data.get("words") or self.uploads or "words" in self.errors) and files_fine:
            self.add_error("words", NOTHING_SAID)
        return data
