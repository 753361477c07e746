from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tongxin.core"

    def ready(self) -> None:
        pass
