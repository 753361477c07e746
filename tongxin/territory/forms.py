"""Shapes of the forms over the ground."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core.fields import DayField
from tongxin.territory import queries
from tongxin.territory.models import Grid, Group, PlaceKind


class _GroundForm(forms.Form):
    """A form that chooses among today's groups and grids."""

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows, model in (("group", queries.groups_on(day), Group), ("grid", queries.grids_on(day), Grid)):
            if name in self.fields:
                chosen = model.objects.filter(pk__in=[row.pk for row in rows]).order_by("number")
                self.fields[name].queryset = chosen  # type: ignore[attr-defined]


class PlaceForm(_GroundForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=PlaceKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=64, error_messages={"required": _("Write what people call the place.")}
    )
    group = forms.ModelChoiceField(Group._base_manager.none(), label=_("Group"), required=False)
    grid = forms.ModelChoiceField(Grid._base_manager.none(), label=_("Grid"), required=False)
    length_m = forms.DecimalField(
        label=_("Length in metres"), required=False, min_value=0, max_digits=7, decimal_places=1
    )
    functions = forms.CharField(label=_("What it is used for"), max_length=200, required=False)
    opened_on = DayField(label=_("In use since"))


class EndForm(forms.Form):
    ended_on = DayField(label=_("In use until"))


class GroupForm(forms.Form):
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=99)
    name = forms.CharField(label=_("Name"), max_length=32, error_messages={"required": _("Write the name.")})
    opened_on = DayField(label=_("Since"))


class GridForm(_GroundForm):
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999)
    name = forms.CharField(label=_("Name"), max_length=32, error_messages={"required": _("Write the name.")})
    group = forms.ModelChoiceField(
        Group._base_manager.none(), label=_("Group"), error_messages={"required": _("Choose a group.")}
    )
    extent = forms.CharField(label=_("From where to where"), max_length=120, required=False)
    opened_on = DayField(label=_("Since"))


class GroupEndForm(forms.Form):
    """When a group ended, and into which one it went."""

    ended_on = DayField(label=_("Until"))
    merged_into = forms.ModelChoiceField(Group._base_manager.none(), label=_("Merged into"), required=False)

    def __init__(self, *args: Any, group: Group, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Group.objects.filter(pk__in=[row.pk for row in queries.groups_on(day) if row.pk != group.pk])
        self.fields["merged_into"].queryset = others.order_by("number")  # type: ignore[attr-defined]
