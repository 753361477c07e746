"""The yardstick: the least that Django can do. One view inserts a row, one lists 25; no middleware, no session.

Same server, same database settings, same durability as the product; `manage.py` is this file.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def configure() -> None:
    from tongxin.settings import database

    settings.configure(
        SECRET_KEY="bare",  # noqa: S106 -- signs nothing
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.bare_urls",
        DATABASES={"default": database(os.environ["BARE_DATABASE_URL"])},
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(Path(__file__).parent)],
                "OPTIONS": {},
            }
        ],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()


configure()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402

from bench.bare_urls import Row  # noqa: E402


def prepare(rows: int) -> None:
    """Make the one table and put `rows` rows into it."""
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    Row.objects.bulk_create([Row(text=f"row {i}") for i in range(rows)], batch_size=500)


application = get_wsgi_application()
