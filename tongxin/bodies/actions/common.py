"""What every verb about bodies asks first."""

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.bodies import access, queries
from tongxin.bodies.models import Post
from tongxin.casework.actors import Actor, Operator
from tongxin.core.errors import NotAllowed
from tongxin.territory.models import Village


def must_grant(by: Actor, post: Post) -> None:
    must_keep(by, post.village)
    if not isinstance(by, Operator) and not access.can_grant(by, post):
        raise NotAllowed(_("The township gives this post. Its officer has to enter it."))


def must_keep(by: Actor, village: Village) -> None:
    if not isinstance(by, Operator) and not access.can_keep_bodies(by, village.pk):
        raise NotAllowed(_("This step is not yours to take."))


def forget(by: Actor) -> None:
    if isinstance(by, User):
        queries.forget(by)
