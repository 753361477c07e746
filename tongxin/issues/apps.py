from datetime import timedelta

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "tongxin.issues"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.bodies import context
        from tongxin.bodies import queries as bodies
        from tongxin.core import append_only, outbox, periodic, triggers
        from tongxin.issues import guards
        from tongxin.issues.actions import erasing, files, messages, recusing
        from tongxin.issues.models import IssueEntry, Recusal, Sitting, SittingItem, Unsealing, UnsealingEntry
        from tongxin.issues.views import household, matter, menu, tasks
        from tongxin.people import actions as register
        from tongxin.people import queries as people

        for model in (IssueEntry, Recusal, Sitting, SittingItem, Unsealing, UnsealingEntry):
            append_only.protect(model)
        triggers.register(guards.guards)
        context.count_with(menu.counts)
        outbox.register("issues.develop", files.develop_file)
        outbox.register("issues.tell_number", messages.tell_number, outward=True)
        outbox.register("issues.tell_handler", messages.tell_handler, outward=True)
        outbox.register("issues.tell_tellers", messages.tell_tellers, outward=True)
        periodic.register("issues.lapse", timedelta(days=1), messages.lapse_everywhere, at=timedelta(hours=8))
        periodic.register("issues.recuse", timedelta(days=1), recusing.watch_everywhere, at=timedelta(hours=5))
        periodic.register("issues.spool", timedelta(days=1), files.sweep_spool, at=timedelta(hours=4))
        people.register_panel(household.panel)
        audit.register_subject("issues.issue", audit.Subject(matter.reach, matter.named))
        bodies.register_left(tasks.left_with)
        register.register_elsewhere(erasing.erase_teller)
