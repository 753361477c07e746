"""Shapes of the register's forms. Name, sex, birth year, relation, home or away are asked; all else is later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.core.crypto import Secret
from tongxin.core.errors import DomainError
from tongxin.core.fields import DayField
from tongxin.people import actions
from tongxin.people.actions import Member
from tongxin.people.models import Membership, Relation, Residence, Sex
from tongxin.people.queries import Known
from tongxin.territory import queries as territory
from tongxin.territory.models import Grid, Group

MORE_ROWS = 6
OTHER = "other"


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

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=64, error_messages={"required": _("Write the name.")}
    )
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

    def clean(self) -> dict[str, Any]:
        """What the register would refuse is said at its own line."""
        data = super().clean() or {}
        is_head = data.get("relation") == Relation.HEAD
        try:
            actions.check_birth_year(data.get("birth_year"), is_head=is_head)
            actions.phone_digits(data.get("phone") or "")
        except DomainError as error:
            self.add_error(error.field, str(error.message))
        return data

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
            phone=data.get("phone", ""),
        )

    def decided(self, known: Sequence[Known]) -> Member | None:
        """The member, once it is said whether they are one of those whom the register knows under this name.

        None while that is open: then the form asks, and keeps asking what was chosen.
        """
        member = self.member()
        if not known:
            return member
        ids = {str(one.person.pk): one.person for one in known}
        chosen = str(self.data.get(self.add_prefix("who"), ""))
        offered = [(pk, label_of(one)) for pk, one in zip(ids, known, strict=True)]
        self.fields["who"] = forms.ChoiceField(
            label=_("Is it the same person?"),
            choices=[*offered, (OTHER, _("No, somebody else of this name"))],
            widget=forms.RadioSelect,
            help_text=_("If they stay where they are, empty the name."),
        )
        if chosen == OTHER:
            return replace(member, is_other=True)
        if chosen in ids:
            return replace(member, person=ids[chosen])
        said = _("The register knows a %(name)s already. Say whether it is the same person.")
        self.add_error("who", said % {"name": member.name})
        return None


def label_of(known: Known) -> str:
    """Where somebody of the register is now, and what happens if it is they."""
    words = {"name": known.person.name, "year": known.person.birth_year or "—"}
    if known.household is None:
        return _("Yes: %(name)s, born %(year)s, in no household now") % words
    words |= {"number": known.household.number, "group": known.household.group.name}
    return _("Yes, move them here: %(name)s, born %(year)s, now in %(number)s, %(group)s") % words


OTHERS = [one for one in Relation.choices if one[0] != Relation.HEAD]


class JoinForm(MemberForm):
    from_on = DayField(label=_("From"))

    def __init__(self, *args: Any, has_head: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_head:
            self.fields["relation"] = forms.ChoiceField(label=_("Relation to the head"), choices=OTHERS)


class BaseRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of members; one whose name is empty is left out."""

    def add_fields(self, form: MemberForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.empty_permitted = True
        form.use_required_attribute = False

    def filled(self) -> list[MemberForm]:
        return [form for form in self.forms if form.is_valid() and form.cleaned_data.get("name")]


class FurtherMemberForm(MemberForm):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=64, required=False)
    relation = forms.ChoiceField(label=_("Relation to the head"), choices=OTHERS)
    phone = None  # type: ignore[assignment]


def further_rows(data: Any = None) -> BaseRows:
    """The rows below the head, six at a time."""
    kind = forms.formset_factory(FurtherMemberForm, formset=BaseRows, extra=MORE_ROWS, max_num=30)
    initial = [{"relation": r} for r in (Relation.SPOUSE, Relation.SON, Relation.DAUGHTER, Relation.PARENT)]
    rows: BaseRows = kind(data, prefix="row") if data is not None else kind(initial=initial, prefix="row")  # type: ignore[assignment]
    return rows


class LeaveForm(forms.Form):
    on = DayField(label=_("First day away"))
    because = forms.CharField(
        label=_("Why"),
        max_length=120,
        help_text=_("Moved out, married, divided."),
        error_messages={"required": _("Write why they leave.")},
    )


class MoveForm(forms.Form):
    to = forms.CharField(
        label=_("Number of the other household"),
        max_length=16,
        error_messages={"required": _("Write the number of the household.")},
    )
    relation = forms.ChoiceField(label=_("Relation to the head there"), choices=Relation.choices)
    on = DayField(label=_("On"))


class DeathForm(forms.Form):
    on = DayField(label=_("Died on"))


class PersonForm(forms.Form):
    """A member as the register knows them; `seen` and `stood` are what the page showed."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=64, error_messages={"required": _("Write the name.")}
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices)
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, error_messages={"invalid": _("Write the year in four digits.")}
    )
    phone = forms.CharField(label=_("Another telephone"), max_length=24, required=False)
    no_phone = forms.BooleanField(label=_("Take the telephone out"), required=False)
    relation = forms.ChoiceField(label=_("Relation to the head"), choices=Relation.choices)
    residence = forms.ChoiceField(label=_("Residence"), choices=Residence.choices)
    is_away = forms.BooleanField(label=_("Away from home"), required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput)
    stood = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_head: bool, phone: Secret, **kwargs: Any) -> None:
        """The head stays the head here; another one is chosen on a page of its own. `phone` is shown masked."""
        super().__init__(*args, **kwargs)
        masked = phone.trouble or _("Now %(phone)s. Left empty, it stays.") % {"phone": str(phone)}
        self.fields["phone"].help_text = masked if phone else _("May stay empty; nobody has to give it.")
        if not phone:
            self.fields["phone"].label = _("Telephone")
            del self.fields["no_phone"]
        relation = self.fields["relation"]
        assert isinstance(relation, forms.ChoiceField)  # noqa: S101
        relation.choices = [one for one in Relation.choices if (one[0] == Relation.HEAD) == is_head]


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django has no generic field at run time
    def label_from_instance(self, obj: Any) -> str:
        return " · ".join([obj.person.name, obj.get_relation_display(), str(obj.person.birth_year or "")]).rstrip(" ·")


class HeadForm(forms.Form):
    """Who heads the household from now on, and what the one before is to them."""

    member = MemberChoice(
        Membership._base_manager.none(),
        label=_("Who is the head?"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of them."), "invalid_choice": _("Choose one of them.")},
    )
    former = forms.ChoiceField(
        label=_("What is the former head to the new one?"),
        choices=OTHERS,
        initial=Relation.PARENT,
    )

    def __init__(self, *args: Any, members: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [row for row in members if row.relation != Relation.HEAD]
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)  # noqa: S101
        rows = Membership.objects.filter(pk__in=[row.pk for row in others], to_on=None)
        member.queryset = rows.select_related("person", "household", "village").order_by("relation", "from_on", "id")
        if len(others) == len(members):
            del self.fields["former"]


class CloseForm(forms.Form):
    on = DayField(label=_("Closed on"))
    because = forms.CharField(
        label=_("Why closed"), max_length=120, error_messages={"required": _("Write why it is closed.")}
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=120, error_messages={"required": _("Write why it is revoked.")})
