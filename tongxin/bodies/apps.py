from django.apps import AppConfig


class BodiesConfig(AppConfig):
    name = "tongxin.bodies"

    def ready(self) -> None:
        from tongxin.bodies import queries
        from tongxin.core import access

        access.register_provider(lambda by, village_id, roles: bool(queries.held(by, village_id).roles & roles))
        access.register_grid_provider(lambda by, village_id, grid: grid in queries.held(by, village_id).grids)
