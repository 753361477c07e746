"""Shapes of the forms over bodies, posts and appointments."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.bodies.models import Body, BodyKind, Post
from tongxin.bodies.roles import Role
from tongxin.core.fields import DayField
from tongxin.people.models import Person
from tongxin.territory import queries as territory
from tongxin.territory.models import Grid, Village


class BodyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=BodyKind.choices)
    name = forms.CharField(label=_("Name"), max_length=64, error_messages={"required": _("Write the name.")})
    duty = forms.CharField(label=_("What it does, in a sentence"), max_length=200, required=False)
    parent = forms.ModelChoiceField(Body._base_manager.none(), label=_("Below which body"), required=False)
    grid = forms.ModelChoiceField(Grid._base_manager.none(), label=_("Grid"), required=False)
    opened_on = DayField(label=_("Since"))

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Body.objects.on(day).order_by("name")  # type: ignore[attr-defined]
        self.fields["grid"].queryset = Grid.objects.on(day).order_by("number")  # type: ignore[attr-defined]


class EndForm(forms.Form):
    ended_on = DayField(label=_("Until"))


class PostForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=64, error_messages={"required": _("Write the title.")})
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, help_text=_("Rights follow from it."))
    grid = forms.ModelChoiceField(Grid._base_manager.none(), label=_("Grid"), required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=99, initial=1)
    takes_matters = forms.BooleanField(label=_("Matters can be dispatched to it"), required=False)

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [grid.pk for grid in territory.grids_on(day)]
        self.fields["grid"].queryset = Grid.objects.filter(pk__in=rows).order_by("number")  # type: ignore[attr-defined]


class AppointForm(forms.Form):
    """Who, from when, by what. A name that several bear is told apart by the household number."""

    name = forms.CharField(label=_("Who?"), max_length=64, error_messages={"required": _("Write the name.")})
    household = forms.CharField(
        label=_("Household number"), max_length=16, required=False, help_text=_("Only when several have this name.")
    )
    outsider = forms.BooleanField(label=_("Lives elsewhere (a legal adviser, a township officer)"), required=False)
    from_on = DayField(label=_("From"))
    ground = forms.CharField(
        label=_("By what"), max_length=120, required=False, help_text=_("elected, by-election, appointed")
    )
    phone = forms.CharField(label=_("Telephone for villagers"), max_length=24, required=False)

    def __init__(self, *args: Any, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.village = village
        self.person: Person | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("name", "").strip()
        if name and not data.get("outsider"):
            found = Person.objects.filter(village=self.village, name=name, died_on=None)
            if data.get("household"):
                found = found.filter(memberships__household__number=data["household"], memberships__to_on=None)
            rows = list(found.distinct()[:2])
            if not rows:
                self.add_error("name", _("Nobody of this name is in the register."))
            elif len(rows) > 1:
                self.add_error("household", _("Several have this name. Write the household number."))
            else:
                self.person = rows[0]
        return data


class LeaveForm(forms.Form):
    away_from = DayField(label=_("On leave from"), required=False, initial=None)
    away_to = DayField(label=_("Back on"), required=False, initial=None)


class EndAppointmentForm(forms.Form):
    to_on = DayField(label=_("First day without the post"))
    because = forms.CharField(label=_("Why ended"), max_length=120, required=False)


class PairForm(forms.Form):
    partner = forms.ModelChoiceField(
        Post._base_manager.none(),
        label=_("Which post stands in?"),
        error_messages={"required": _("Choose another post.")},
    )

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Post.objects.filter(village=post.village_id, takes_matters=True, ended_on=None).exclude(pk=post.pk)
        self.fields["partner"].queryset = rows.order_by("position")  # type: ignore[attr-defined]


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("Log-in name"), max_length=64, error_messages={"required": _("Choose another log-in name.")}
    )
    password = forms.CharField(
        label=_("First password"),
        max_length=128,
        help_text=_("At least 12 characters. They change it after the first log-in."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Write a new password.")},
    )
