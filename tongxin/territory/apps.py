from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "tongxin.territory"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.core import site
        from tongxin.territory import actions, queries, scope

        audit.register_names(lambda: {village.pk: (village.slug, village.name) for village in queries.villages()})
        scope.register_watch(actions.opened)
        site.register_villages(lambda: len(queries.villages()))
