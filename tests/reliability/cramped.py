"""The zygote on a disk that fills: `python -m tests.reliability.cramped PORT [--early] [--blind] [--pages FILE]`.

`--blind` is a control: nobody recognises a full disk. `--pages` stands in for a small disk where none can be mounted:
before each request SQLite is told that its database may have as many pages as the file says, and answers as a full disk
does (SQLITE_FULL).
"""

import os
import sys
from pathlib import Path

from tests.reliability import zygote


def paged(application, pages: Path):
    from django.db import connection

    def wrapped(environ, start_response):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {int(pages.read_text())}")
        return application(environ, start_response)

    return wrapped


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.settings"
    import tongxin.wsgi
    from tongxin.core import disk

    if "--blind" in sys.argv:
        disk.says_full = lambda error: False
    if "--pages" in sys.argv:
        pages = Path(sys.argv[sys.argv.index("--pages") + 1])
        tongxin.wsgi.application = paged(tongxin.wsgi.application, pages)
    zygote.main(int(sys.argv[1]), early="--early" in sys.argv, unchecked=False)


if __name__ == "__main__":
    main()
