"""SQLite for several threads: whoever wants to write waits in a queue of this process first.

SQLite has one writer. Who comes second sleeps and tries again, in steps that grow to a tenth of a second, so that four
threads finish little more than one, and one of them may wait for seconds. A mutex wakes the next one at once. Other
processes are met by SQLite's own lock as before; nothing about durability changes.
"""

import threading
from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """One transaction a process at a time; a single statement outside of one asks SQLite alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # the stubs leave it out
        except BaseException:
            self._give_turn()
            raise

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if autocommit:  # committed or rolled back; what hangs on the commit may begin anew
            self._give_turn()

    def close(self) -> None:
        super().close()
        self._give_turn()  # a closed connection has no transaction, even while its block goes on

    def _take_turn(self) -> None:
        turn = _turns[str(self.settings_dict["NAME"])]
        patience = float(self.settings_dict.get("OPTIONS", {}).get("timeout", 5))
        if not turn.acquire(timeout=patience):
            raise OperationalError("database is locked")
        self._turn = turn

    def _give_turn(self) -> None:
        if self._turn is not None:
            turn, self._turn = self._turn, None
            turn.release()
