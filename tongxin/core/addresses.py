"""Where a press leads back to: a page of this site or nowhere (T33)."""

import unicodedata
from urllib.parse import unquote

from django.utils.http import url_has_allowed_host_and_scheme

ROUNDS = 4  # of percent signs within percent signs; a proxy in front may take off one


def own_page(address: str) -> str:
    """The address when it is a path of this site, in every reading that a browser or a proxy may have; else "".

    Django refuses two slashes and a backslash at the beginning; it takes `/%2f%2felsewhere` and full-width letters for
    a path, which something on the way may decode. So it is asked again about what those become.
    """
    reading = address
    for _round in range(ROUNDS):
        if not reading.startswith("/") or any(ord(ch) < 32 or ord(ch) == 127 for ch in reading):
            return ""
        for form in (reading, unicodedata.normalize("NFKC", reading)):
            path = form.partition("?")[0].partition("#")[0]
            if "\\" in path or "//" in path or "@" in path or not url_has_allowed_host_and_scheme(form, None):
                return ""
        decoded = unquote(reading)
        if decoded == reading:
            return address
        reading = decoded
    return ""
