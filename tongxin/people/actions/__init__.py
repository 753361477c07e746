"""The verbs of the register: households and who belongs to them; the card on the door."""

from tongxin.people.actions.cards import issue_card, issue_cards, replace_card, revoke_card
from tongxin.people.actions.households import change_household, close_household, register_household
from tongxin.people.actions.persons import (
    Member,
    add_member,
    change_person,
    leave,
    move,
    record_death,
    register_person,
    set_phone,
)

__all__ = [
    "Member",
    "add_member",
    "change_household",
    "change_person",
    "close_household",
    "issue_card",
    "issue_cards",
    "leave",
    "move",
    "record_death",
    "register_household",
    "register_person",
    "replace_card",
    "revoke_card",
    "set_phone",
]
