"""What somebody says, written down by another: the same sheet, with both names and how it was said (J1)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.casework.models import Channel
from tongxin.core import clock
from tongxin.issues.actions import Report
from tongxin.issues.forms.telling import TellingForm
from tongxin.people import queries as people
from tongxin.people.models import Household
from tongxin.territory.models import Place, Village

HOW = [
    (Channel.DOOR, pgettext_lazy("asked how", "At the door")),
    (Channel.PHONE, pgettext_lazy("asked how", "By telephone")),
    (Channel.DESK, pgettext_lazy("asked how", "At the desk")),
    (Channel.PAPER, pgettext_lazy("asked how", "On a paper slip")),
]


class ProxyForm(TellingForm):
    """For whom, how they said it, and what."""

    channel = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=HOW,
        initial=Channel.DOOR,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how they said it.")),
    )
    household_text = forms.CharField(
        label=_("Whose household?"),
        required=False,
        max_length=40,
        help_text=_("Household number, house name or a name. May stay empty."),
    )
    told_by_name = forms.CharField(
        label=_("Who said it?"), required=False, max_length=64, help_text=_("Only who handles it reads this.")
    )
    place = forms.ModelChoiceField(Place._base_manager.none(), label=_("Place"), required=False)

    def __init__(self, *args: Any, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.village = village
        self.household: Household | None = None
        self.fields["place"].queryset = Place.objects.on(clock.today()).order_by("name")  # type: ignore[attr-defined]

    def clean_household_text(self) -> str:
        text: str = self.cleaned_data["household_text"].strip()
        if not text:
            return ""
        rows = people.matching(people.households(self.village, clock.today()), self.village, text)
        found = list(rows.select_related("group", "grid")[:6])
        exact = [h for h in found if h.number == text]
        if len(exact or found) == 1:
            self.household = (exact or found)[0]
        elif found:
            some = "、".join(f"{line.household.number} {line.head}" for line in people.lines(found))
            raise forms.ValidationError(_("Several fit: %(some)s. Write the household number.") % {"some": some})
        else:
            raise forms.ValidationError(_("There is no such household. Leave it empty, or write the name below."))
        return text

    def said(self) -> Report:
        """What was said, for the action."""
        data = self.cleaned_data
        place = data["place"]
        return Report(
            category=data["category"],
            words=data["words"],
            place=place,
            place_text=data["place_text"],
            group=data["group"],
            household=self.household,
            told_by_name=data["told_by_name"],
            phone=data["phone"],
            is_sealed=data["is_sealed"] or data["about_post"] is not None,
            about_post=data["about_post"],
            channel=data["channel"],
            photos=self.uploads.photos,
            sound=self.uploads.sound,
        )
