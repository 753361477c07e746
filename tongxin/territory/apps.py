from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "tongxin.territory"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.core import site
        from tongxin.territory import queries

        audit.register_names(lambda: {village.pk: (village.slug, village.name) for village in queries.villages()})
        site.register_villages(lambda: len(queries.villages()))
