from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tongxin.core"

    def ready(self) -> None:
        from tongxin.core import (  # noqa: F401 -- register themselves
            checks,
            housekeeping,
            matrix,
            roles,
            watch,
        )
        from tongxin.core.health import machine, safekeeping, tables, work  # noqa: F401
        from tongxin.core.keeping import erasures, jobs  # noqa: F401
