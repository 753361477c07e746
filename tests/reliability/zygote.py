"""A server that can be killed a thousand times: a parent that has loaded the product forks whoever answers.

python -m tests.reliability.zygote PORT [--early] [--unchecked]

The parent holds the listening socket and no database; each child serves the real WSGI application and prints its
process id. SIGKILL ends it as a power switch would; the next one is there within a few milliseconds. `--early`
is a control: it answers before it has worked. `--unchecked` starts on settings that the product refuses, for another.
"""

import io
import os
import socket
import sys
import threading


def main(port: int, *, early: bool, unchecked: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.settings"
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    if unchecked:
        application = get_wsgi_application()
    else:
        from tongxin.wsgi import application

    warm(application)
    connections.close_all()
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    while True:
        child = os.fork()
        if child == 0:
            serve(listening, answering_first(application) if early else application)
        os.waitpid(child, 0)


def warm(application) -> None:
    """Templates, routes and words are loaded once, by the parent."""
    for path in ("/say/", "/say/new/"):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
        more = {"wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http"}
        list(application(environ | more | {"SERVER_PROTOCOL": "HTTP/1.1"}, lambda *_: None))


def serve(listening: socket.socket, application: object) -> None:
    import waitress

    server = waitress.create_server(application, sockets=[listening], threads=4, ident=None)
    sys.stdout.write(f"child {os.getpid()}\n")
    sys.stdout.flush()
    server.run()


def answering_first(application):
    """The sabotage: 'accepted' goes out at once, the work follows in a thread."""

    def wrapped(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST":
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        later = dict(environ, **{"wsgi.input": io.BytesIO(body)})
        threading.Thread(target=lambda: list(application(later, lambda *_: None)), daemon=True).start()
        start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return [b""]

    return wrapped


if __name__ == "__main__":
    main(int(sys.argv[1]), early="--early" in sys.argv, unchecked="--unchecked" in sys.argv)
