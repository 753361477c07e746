from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tongxin.accounts"

    def ready(self) -> None:
        from tongxin.accounts import checks  # noqa: F401 - registers itself
        from tongxin.accounts.models import LoginEvent
        from tongxin.core import append_only

        append_only.protect(LoginEvent)
