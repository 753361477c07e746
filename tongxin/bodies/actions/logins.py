"""Log-ins of those who hold a post."""

from django.utils.translation import gettext_lazy as _

from tongxin.accounts import actions as accounts
from tongxin.accounts import queries as account_queries
from tongxin.accounts.models import FactorReset, User
from tongxin.audit import actions as audit
from tongxin.bodies import access
from tongxin.bodies.actions.common import must_keep
from tongxin.casework.actors import Actor, Operator
from tongxin.core import inserting
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people.models import Person

LET_IN_ABOVE = _(
    "This log-in opens a post of the township. Another township officer looks after it, or whoever runs the site."
)


def give_login(person: Person, *, by: Actor, username: str) -> str:
    """A log-in for somebody, joined to the person, and the one-time code with which they set their own password.

    Raises:
        DomainError: they have one, the name is taken. NotAllowed: not one who grants what they hold.
    """
    _must_let_in(by, person)
    user = User(username=username.strip().lower(), name=person.name)
    user.set_unusable_password()
    with audit.together():
        if Person.objects.select_for_update().values_list("user", flat=True).get(pk=person.pk) is not None:
            raise DomainError(_("They have a log-in already."), field="username")
        # names are one set for all villages, and two officers may think of the same one: the key decides
        if not user.username or not inserting.insert_if_new(user):
            raise DomainError(_("Choose another log-in name."), field="username")
        Person.objects.filter(pk=person.pk).update(user=user)
        audit.record("bodies.give_login", by=by, about=person, data={"user": user.pk})
        code = accounts.invite(user, by=_officer(by))
    person.user = user
    return code


def new_code(person: Person, *, by: Actor) -> str:
    """A one-time code for a forgotten password, or when the first one has run out; handed over in person."""
    return accounts.invite(_log_in_of(person, by), by=_officer(by))


def unlock_login(person: Person, *, by: Actor, seen: str) -> None:
    """Open a log-in that was shut after twenty wrong tries; `seen` says how one knows that it is them."""
    accounts.unlock(_log_in_of(person, by), by=_officer(by), seen=seen)


def log_out_everywhere(person: Person, *, by: Actor, because: str) -> int:
    """A lost telephone, a shared password: end all their sessions. How many there were."""
    if not because.strip():
        raise DomainError(_("Write why."), field="because")
    must_keep(by, person.village)  # whoever keeps the bodies: it shuts a door and opens none
    return accounts.end_everywhere(_theirs(person), by=_officer(by), because=because.strip())


def ask_factor_reset(person: Person, *, by: User, because: str) -> FactorReset:
    """The first of two officers: this is them, and their telephone is lost."""
    return accounts.ask_reset(_log_in_of(person, by), by=by, because=because)


def agree_factor_reset(person: Person, *, by: User) -> None:
    """The second of two officers. Raises WrongStatus when nothing is asked (any more)."""
    accounts.agree_reset(_open_reset(person, by), by=by)


def drop_factor_reset(person: Person, *, by: User) -> None:
    accounts.drop_reset(_open_reset(person, by), by=by)


def _log_in_of(person: Person, by: Actor) -> User:
    _must_let_in(by, person)
    return _theirs(person)


def _must_let_in(by: Actor, person: Person) -> None:
    must_keep(by, person.village)
    if not isinstance(by, Operator) and not access.can_let_in(by, person):
        raise NotAllowed(LET_IN_ABOVE)


def _theirs(person: Person) -> User:
    if person.user is None:
        raise DomainError(_("They have no log-in."))
    return person.user


def _open_reset(person: Person, by: User) -> FactorReset:
    found = account_queries.open_reset(_log_in_of(person, by))
    if found is None:
        raise WrongStatus(_("It is no longer open."))
    return found


def _officer(by: Actor) -> User | None:
    """None is the console."""
    if by is not None and not isinstance(by, User | Operator):
        raise NotAllowed(_("This step is not yours to take."))
    return by if isinstance(by, User) else None
