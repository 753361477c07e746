"""`manage.py serve`: pages and worker in one process, for one village or a try-out. A county runs gunicorn."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.core import checks, worker


class Command(BaseCommand):
    help = "Serve the pages with waitress and do the work beside them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        import waitress

        try:
            from tongxin.wsgi import application
        except checks.Unsafe as fault:
            raise CommandError(str(fault)) from None

        stop = threading.Event()
        server = waitress.create_server(
            application,
            host=options["host"],
            port=options["port"],
            threads=options["threads"],
            max_request_body_size=45 * 1024 * 1024,
            ident=None,
            clear_untrusted_proxy_headers=settings.PROXY_DEPTH == 0,  # else `core.network` reads them
        )

        def end(*_: object) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, end)
        thread = worker.start(stop)
        port = getattr(server, "effective_port", options["port"])  # --port 0 takes a free one
        self.stdout.write(f"http://{options['host']}:{port}/")
        self.stdout.flush()
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            worker.end(stop)
            server.close()
            thread.join(timeout=5)
