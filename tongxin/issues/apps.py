from datetime import timedelta

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "tongxin.issues"

    def ready(self) -> None:
        from tongxin.bodies import context
        from tongxin.bodies import queries as bodies
        from tongxin.core import outbox, periodic
        from tongxin.issues.actions import files, messages
        from tongxin.issues.views import household, menu, tasks
        from tongxin.people import queries as people

        context.count_with(menu.counts)
        outbox.register("issues.develop", files.develop_file)
        outbox.register("issues.tell_number", messages.tell_number)
        outbox.register("issues.tell_handler", messages.tell_handler)
        outbox.register("issues.tell_tellers", messages.tell_tellers)
        periodic.register("issues.lapse", timedelta(days=1), messages.lapse_everywhere, at=timedelta(hours=8))
        periodic.register("issues.spool", timedelta(days=1), files.sweep_spool, at=timedelta(hours=4))
        people.register_panel(household.panel)
        bodies.register_left(tasks.left_with)
