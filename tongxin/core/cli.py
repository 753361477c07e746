"""`tongxin …` after an installation, and `manage.py …`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.settings")
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    from tongxin.core import console

    try:
        with console.running(sys.argv[1] if len(sys.argv) > 1 else "help"):
            execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"数据库没有回答 · the database does not answer: {error}")


if __name__ == "__main__":
    main()
