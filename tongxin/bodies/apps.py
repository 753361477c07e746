from django.apps import AppConfig


class BodiesConfig(AppConfig):
    name = "tongxin.bodies"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.bodies import actions, checks, queries
        from tongxin.bodies.roles import Role
        from tongxin.core import access, clock, health, matrix, outbox
        from tongxin.people import queries as people
        from tongxin.territory import queries as territory

        matrix.register_roles(Role.values)
        access.register_provider(lambda by, village_id, roles: bool(queries.held(by, village_id).roles & roles))
        access.register_grid_provider(lambda by, village_id, grid: grid in queries.held(by, village_id).grids)
        people.register_panel(
            lambda _request, household: (
                "bodies/_answering.html",
                {"rows": queries.answering_for(household.grid_id, clock.today())},
            )
        )
        health.register("apart", checks.held_apart)
        outbox.register("bodies.run_out", actions.run_out)
        audit.register_readers(queries.readers)
        territory.register_grid_facts("answers", queries.workers_by_grid)
        territory.register_grid_facts("households", people.count_by_grid)
