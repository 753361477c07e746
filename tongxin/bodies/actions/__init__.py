"""The verbs of bodies: founding, posts, appointments, leave, lending, log-ins."""

from tongxin.bodies.actions.founding import create_post, end_body, end_post, found_body, register_outsider
from tongxin.bodies.actions.lending import lend_post, run_out, take_back
from tongxin.bodies.actions.logins import (
    LET_IN_ABOVE,
    agree_factor_reset,
    ask_factor_reset,
    drop_factor_reset,
    give_login,
    log_out_everywhere,
    new_code,
    unlock_login,
)
from tongxin.bodies.actions.seating import appoint, end_appointment, leave_of, pair_posts, set_leave

__all__ = [
    "LET_IN_ABOVE",
    "agree_factor_reset",
    "appoint",
    "ask_factor_reset",
    "create_post",
    "drop_factor_reset",
    "end_appointment",
    "end_body",
    "end_post",
    "found_body",
    "give_login",
    "leave_of",
    "lend_post",
    "log_out_everywhere",
    "new_code",
    "pair_posts",
    "register_outsider",
    "run_out",
    "set_leave",
    "take_back",
    "unlock_login",
]
