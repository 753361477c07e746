"""Shapes of the forms over bodies, posts and appointments."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.bodies import queries
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


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no generic field at run time
    """Somebody among several, told apart by household, group and year of birth."""

    def label_from_instance(self, obj: Any) -> str:
        homes = [f"{m.household.number} {m.household.group.name}" for m in obj.memberships.all() if m.to_on is None]
        return " · ".join([obj.name, *homes, *([str(obj.birth_year)] if obj.birth_year else [])])


class AppointForm(forms.Form):
    """Who, from when, by what. A whole name that one person bears is enough; otherwise those who fit are offered."""

    name = forms.CharField(
        label=_("Who?"),
        max_length=64,
        help_text=_("The name, a part of it, or its pinyin."),
        error_messages={"required": _("Write the name.")},
    )
    person = PersonField(
        Person._base_manager.none(),
        label=_("Which of them?"),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of them.")},
    )
    outsider = forms.BooleanField(label=_("Lives elsewhere (a legal adviser, a township officer)"), required=False)
    from_on = DayField(label=_("From"))
    to_on = DayField(
        label=_("First day without the post"), required=False, initial=None, help_text=_("May stay empty.")
    )
    ground = forms.CharField(
        label=_("By what"), max_length=120, required=False, help_text=_("elected, by-election, appointed")
    )
    phone = forms.CharField(label=_("Telephone for villagers"), max_length=24, required=False)

    def __init__(self, *args: Any, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who: Person | None = None
        typed = str(self.data.get("name", "")).strip() if self.is_bound else ""
        self.fitting = queries.persons_called(village, typed) if typed and not self.data.get("outsider") else []
        self.exact = [one for one in self.fitting if one.name == typed]
        if len(self.exact) == 1 or not self.fitting:
            del self.fields["person"]
        else:
            chosen = Person.objects.filter(pk__in=[one.pk for one in self.fitting]).order_by("name_key", "id")
            rows = chosen.prefetch_related("memberships__household__group")
            self.fields["person"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name") or data.get("outsider"):
            return data
        if not self.fitting:
            self.add_error("name", _("Nobody of this name is in the register."))
        elif len(self.exact) == 1:
            self.who = self.exact[0]
        elif data.get("person"):
            self.who = data["person"]
        elif "person" not in self.errors:
            self.add_error("person", _("Choose one of them."))
        return data


class StoodForm(forms.Form):
    """`stood` is how the page showed it: nothing is written over a change that came meanwhile unseen (R7)."""

    stood = forms.CharField(widget=forms.HiddenInput, required=False)


class LeaveForm(StoodForm):
    away_from = DayField(label=_("On leave from"), required=False, initial=None)
    away_to = DayField(label=_("Back on"), required=False, initial=None)


class EndAppointmentForm(forms.Form):
    to_on = DayField(label=_("First day without the post"))
    because = forms.CharField(label=_("Why ended"), max_length=120, required=False)


class LoginHolderField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no generic field at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.user.username}"


class EmergencyForm(forms.Form):
    person = LoginHolderField(
        Person._base_manager.none(),
        label=_("Who gets it?"),
        help_text=_("Who has a log-in of their own. Nobody uses another's."),
        error_messages={"required": _("Choose one of them.")},
    )
    hours = forms.IntegerField(label=_("For how many hours"), min_value=1, max_value=24, initial=24)
    because = forms.CharField(
        label=_("What has happened"), max_length=200, error_messages={"required": _("Write why.")}
    )

    def __init__(self, *args: Any, village: Village, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Person.objects.of(village).filter(user__is_active=True, died_on=None).exclude(user=user)
        rows = rows.select_related("user").order_by("name_key", "id")
        self.fields["person"].queryset = rows  # type: ignore[attr-defined]


class PairForm(StoodForm):
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


class SeenForm(forms.Form):
    """How one knows that it is them, or why: one line, for what is done to somebody's log-in."""

    words = forms.CharField(max_length=200, required=False)
