"""Hands in reports by the real action, one after another, and says ACK when each is committed.

python -m tests.reliability.teller COUNT [PRAGMA…]     pragmas are laid over the product's settings, for a control
"""

import os
import sys
import uuid


def main(count: int, pragmas: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.settings"
    import django

    django.setup()
    from django.db import connection

    from tongxin.issues import actions
    from tongxin.territory import queries, scope

    village = queries.home()
    assert village is not None
    with connection.cursor() as cursor:
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
    os.write(1, b"START\n")
    with scope.village(village.pk):
        for n in range(count):
            mark = f"mark-{n:04d}"
            said = actions.Report(category="road", words=f"路坏了 {mark}", place_text="桥头")
            actions.report(village, said, by=None, key=str(uuid.uuid4()))
            os.write(1, f"ACK {mark}\n".encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
