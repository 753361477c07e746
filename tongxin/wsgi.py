"""What gunicorn and `tongxin serve` load."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.settings")
application = get_wsgi_application()

from tongxin.core import checks, watch  # noqa: E402 -- needs the apps, which the line above has loaded

checks.refuse_unsafe()
watch.start()
