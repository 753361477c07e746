"""Questions about log-ins."""

from django.conf import settings
from django.db.models import QuerySet

from tongxin.accounts.models import User

DEMO_PREFIX = "demo-"
DEMO_PASSWORD = "tongxin-demo-2023"  # noqa: S105 - printed on the log-in page of the demonstration, and only there


def demo_users() -> QuerySet[User]:
    """The demonstration's log-ins; none outside a demonstration, whatever anybody is called there."""
    rows = User.objects.filter(is_active=True, username__startswith=DEMO_PREFIX)
    return rows.order_by("username") if settings.DEMO else rows.none()
