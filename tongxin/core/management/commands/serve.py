"""`manage.py serve`: pages and worker in one process, for one village or a try-out. A county runs gunicorn."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongxin.core import worker


class Command(BaseCommand):
    help = "Serve the pages with waitress and do the work beside them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        import waitress

        from tongxin.wsgi import application

        stop = threading.Event()
        server = waitress.create_server(
            application,
            host=options["host"],
            port=options["port"],
            threads=options["threads"],
            max_request_body_size=45 * 1024 * 1024,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )

        def end(*_: object) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, end)
        thread = worker.start(stop)
        self.stdout.write(f"http://{options['host']}:{options['port']}/")
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            stop.set()
            server.close()
            thread.join(timeout=5)
