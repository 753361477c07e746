"""Shapes of the register's forms. Name, sex, birth year, relation, home or away are asked; all else is later."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core.fields import DayField
from tongxin.people.actions import Member
from tongxin.people.models import Relation, Residence, Sex
from tongxin.territory import queries as territory
from tongxin.territory.models import Grid, Group

MORE_ROWS = 6


def ground_fields(form: forms.Form, day: date) -> None:
    """The groups and grids of today as choices."""
    group, grid = form.fields["group"], form.fields["grid"]
    assert isinstance(group, forms.ModelChoiceField) and isinstance(grid, forms.ModelChoiceField)  # noqa: S101
    group.queryset = Group.objects.filter(pk__in=[g.pk for g in territory.groups_on(day)]).order_by("number")
    grid.queryset = Grid.objects.filter(pk__in=[g.pk for g in territory.grids_on(day)]).order_by("number")


class GroundForm(forms.Form):
    group = forms.ModelChoiceField(
        Group._base_manager.none(),
        label=_("Group"),
        empty_label=None,
        error_messages={"required": _("Choose a group.")},
    )
    grid = forms.ModelChoiceField(
        Grid._base_manager.none(), label=_("Grid"), empty_label=None, error_messages={"required": _("Choose a grid.")}
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground_fields(self, day)


class HouseholdForm(GroundForm):
    """The house itself."""

    house_name = forms.CharField(
        label=_("House name"), max_length=32, required=False, help_text=_("As the family calls it; may stay empty.")
    )
    opened_on = DayField(label=_("Registered on"))


class HouseForm(GroundForm):
    """Changes of the house; `seen` is when the page was read."""

    house_name = forms.CharField(label=_("House name"), max_length=32, required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput)


class MemberForm(forms.Form):
    """One person, as the first visit asks."""

    name = forms.CharField(label=_("Name"), max_length=64, error_messages={"required": _("Write the name.")})
    relation = forms.ChoiceField(label=_("Relation to the head"), choices=Relation.choices)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, error_messages={"invalid": _("Write the year in four digits.")}
    )
    residence = forms.ChoiceField(label=_("Residence"), choices=Residence.choices, initial=Residence.REGISTERED)
    is_away = forms.BooleanField(label=_("Away from home"), required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=24, required=False, help_text=_("May stay empty; nobody has to give it.")
    )

    def member(self) -> Member:
        """Raises nothing: the form is valid."""
        data = self.cleaned_data
        return Member(
            name=data["name"],
            relation=data["relation"],
            sex=data["sex"],
            birth_year=data["birth_year"],
            is_away=data["is_away"],
            residence=data["residence"],
            phone=data["phone"],
        )


class JoinForm(MemberForm):
    from_on = DayField(label=_("From"))


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of members; one whose name is empty is left out."""

    def add_fields(self, form: MemberForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.use_required_attribute = False

    def members(self) -> list[Member]:
        return [form.member() for form in self.forms if form.is_valid() and form.cleaned_data.get("name")]


class FurtherMemberForm(MemberForm):
    name = forms.CharField(label=_("Name"), max_length=64, required=False)
    phone = None  # type: ignore[assignment]

    def member(self) -> Member:
        data = self.cleaned_data
        return Member(
            name=data["name"],
            relation=data["relation"],
            sex=data["sex"],
            birth_year=data["birth_year"],
            is_away=data["is_away"],
            residence=data["residence"],
        )


def further_rows(data: Any = None) -> BaseRows:
    """The rows below the head, six at a time."""
    kind = forms.formset_factory(FurtherMemberForm, formset=BaseRows, extra=MORE_ROWS, max_num=30)
    initial = [{"relation": r} for r in (Relation.SPOUSE, Relation.SON, Relation.DAUGHTER, Relation.PARENT)]
    rows: BaseRows = kind(data, prefix="row") if data is not None else kind(initial=initial, prefix="row")  # type: ignore[assignment]
    return rows


class LeaveForm(forms.Form):
    on = DayField(label=_("First day away"))
    because = forms.CharField(label=_("Why"), max_length=120, help_text=_("Moved out, married, divided."))


class MoveForm(forms.Form):
    to = forms.CharField(label=_("Number of the other household"), max_length=16)
    relation = forms.ChoiceField(label=_("Relation to the head there"), choices=Relation.choices)
    on = DayField(label=_("On"))


class DeathForm(forms.Form):
    on = DayField(label=_("Died on"))


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64, error_messages={"required": _("Write the name.")})
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices)
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, error_messages={"invalid": _("Write the year in four digits.")}
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=24, required=False, help_text=_("May stay empty; nobody has to give it.")
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput)


class CloseForm(forms.Form):
    on = DayField(label=_("Closed on"))
    because = forms.CharField(
        label=_("Why closed"), max_length=120, error_messages={"required": _("Write why it is closed.")}
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=120, error_messages={"required": _("Write why it is revoked.")})
