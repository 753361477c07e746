"""What happens with a log-in: passwords, second factors, invitations, sessions. Each leaves an event for its owner.

`by` is who did it; None is whoever sits at the server's console. Which officer may do it for whom is for `bodies` to
say, which calls these; that nobody does it for himself, or one person alone what takes two, is held here.
"""

from tongxin.accounts.actions.events import note
from tongxin.accounts.actions.factors import (
    add_passkey,
    begin_time_code,
    confirm_time_code,
    drop_passkey,
    make_recovery_codes,
    use_passkey,
    use_second,
)
from tongxin.accounts.actions.invitations import accept, invite
from tongxin.accounts.actions.letting_in import came_in, end_everywhere, end_others, end_session, found_shut, unlock
from tongxin.accounts.actions.passwords import change_password
from tongxin.accounts.actions.resets import agree_reset, ask_reset, drop_reset, reset_from_console

__all__ = [
    "accept",
    "add_passkey",
    "agree_reset",
    "ask_reset",
    "begin_time_code",
    "came_in",
    "change_password",
    "confirm_time_code",
    "drop_passkey",
    "drop_reset",
    "end_everywhere",
    "end_others",
    "end_session",
    "found_shut",
    "invite",
    "make_recovery_codes",
    "note",
    "reset_from_console",
    "unlock",
    "use_passkey",
    "use_second",
]
