"""What somebody says, written down by another: the same sheet, with both names and how it was said (J1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.casework.models import Channel
from tongxin.core import clock
from tongxin.issues.actions import Report
from tongxin.issues.forms.fields import RowChoice
from tongxin.issues.forms.sealed import Offices
from tongxin.issues.forms.telling import TellingForm
from tongxin.people.models import Household, Membership, Person
from tongxin.territory.models import Place

HOW = [
    (Channel.DOOR, pgettext_lazy("asked how", "At the door")),
    (Channel.PHONE, pgettext_lazy("asked how", "By telephone")),
    (Channel.DESK, pgettext_lazy("asked how", "At the desk")),
    (Channel.PAPER, pgettext_lazy("asked how", "On a paper slip")),
]
SOMEBODY = "other"


class PlaceChoice(RowChoice):
    """Places by name, with their group when the name does not say it."""

    def label_from_instance(self, obj: Place) -> str:
        return f"{obj.name} · {obj.group.name}" if obj.group and not obj.name.startswith(obj.group.name) else obj.name


class ProxyForm(Offices, TellingForm):
    """For whom, how they said it, and what.

    Args:
        household: whose it is, found before; its members can be pressed instead of typed.
        members: those who belong to it today.
    """

    channel = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=HOW,
        initial=Channel.DOOR,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how they said it.")),
    )
    told_by = forms.ChoiceField(
        label=_("Who said it?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose somebody of this household, or write the name.")},
    )
    told_by_name = forms.CharField(
        label=_("Name, if they tell it"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-nokeep": True}),
        error_messages={"max_length": _("That is too long. The name is enough.")},
    )
    place = PlaceChoice(
        queryset=None,
        label=_("Place with a code"),
        empty_label=_("None of these"),
        required=False,
        error_messages={"invalid_choice": _("Choose a place from the list.")},
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        household: Household | None,
        members: list[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.offer()
        self.offer_offices()
        self.household = household
        self.persons = {str(member.person_id): member.person for member in members}
        self.fields["told_by"].choices = [  # type: ignore[attr-defined]
            *((str(m.person_id), f"{m.person.name} · {m.get_relation_display()}") for m in members),
            (SOMEBODY, _("Somebody else")),
        ]
        places = Place.objects.on(clock.today()).filter(length_m=None).select_related("group")
        self.fields["place"].queryset = places.order_by("name")  # type: ignore[attr-defined]
        self.fields["phone"].widget.attrs.update({"autocomplete": "off", "data-nokeep": True})
        if household is not None and not self.is_bound:
            self.initial.setdefault("group", household.group_id)

    @property
    def teller(self) -> Person | None:
        return self.persons.get(self.cleaned_data["told_by"])

    @property
    def is_kept_quiet(self) -> bool:
        return bool(self.cleaned_data["is_sealed"]) or any(self.offices())

    @property
    def reach(self) -> str:
        """The telephone: as written down, else the one in the register; of a sealed matter only what they gave now."""
        data = self.cleaned_data
        if data["phone"] or self.is_kept_quiet or self.teller is None:
            return str(data["phone"])
        return self.teller.phone.in_clear() if not self.teller.phone.trouble else ""

    def said(self) -> Report:
        """What was said, for the action."""
        data = self.cleaned_data
        about_post, about_too = self.offices()
        return Report(
            category=data["category"],
            words=data["words"],
            place=data["place"],
            place_text=data["place_text"],
            group=data["group"],
            household=self.household,
            told_by=self.teller,
            told_by_name="" if self.teller else data["told_by_name"],
            phone=self.reach,
            is_sealed=self.is_kept_quiet,
            about_post=about_post,
            about_too=about_too,
            channel=data["channel"],
            photos=self.uploads.photos,
            sound=self.uploads.sound,
        )
