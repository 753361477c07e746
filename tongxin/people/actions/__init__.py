"""The verbs of the register: households and who belongs to them; the card on the door."""

from tongxin.people.actions.cards import issue_card, issue_cards, replace_card, revoke_card
from tongxin.people.actions.erasing import destroy_village_secrets, erase_person, register_elsewhere
from tongxin.people.actions.households import change_household, close_household, register_household
from tongxin.people.actions.looking import reveal
from tongxin.people.actions.many import PastMember, Roll, register_many
from tongxin.people.actions.members import (
    Standing,
    add_member,
    change_member,
    change_standing,
    choose_head,
    leave,
    move,
    record_death,
    take_in,
)
from tongxin.people.actions.persons import (
    Member,
    change_person,
    check_birth_year,
    phone_digits,
    register_person,
    set_phone,
)
from tongxin.people.actions.pins import clear_pin, found_shut, set_pin, unlock_card

__all__ = [
    "Member",
    "PastMember",
    "Roll",
    "Standing",
    "add_member",
    "change_household",
    "change_member",
    "change_person",
    "change_standing",
    "check_birth_year",
    "choose_head",
    "clear_pin",
    "close_household",
    "destroy_village_secrets",
    "erase_person",
    "found_shut",
    "issue_card",
    "issue_cards",
    "leave",
    "move",
    "phone_digits",
    "record_death",
    "register_elsewhere",
    "register_household",
    "register_many",
    "register_person",
    "replace_card",
    "reveal",
    "revoke_card",
    "set_phone",
    "set_pin",
    "take_in",
    "unlock_card",
]
