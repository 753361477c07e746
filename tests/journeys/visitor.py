"""Somebody at a browser without scripts: opens pages, reads them, fills the forms that stand there and presses.

Journeys go through the forms as they are, hidden fields and CSRF tokens included, so a form that cannot be handed in
breaks the journey and not only a page.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories.stage import PASSWORD, Stage, jpeg
from tongxin.accounts.models import User


def picture(colour: str = "olive") -> SimpleUploadedFile:
    """A photo as a telephone sends it."""
    return SimpleUploadedFile("IMG_0001.jpg", jpeg(colour, (640, 480)), "image/jpeg")


@dataclass
class Button:
    """What is pressed; it may go elsewhere than its form."""

    name: str
    value: str
    action: str
    form: str  # the id of its form when it stands outside
    words: str = ""


@dataclass
class Form:
    """A form of a page: where it goes, and what it holds if nobody types anything."""

    action: str
    method: str
    id: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)


class _Reader(HTMLParser):
    """Links, forms and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._inside: list[str] = []
        self._link = ""
        self._linked: list[str] = []
        self._area = self._select = ""
        self._typed: list[str] = []
        self._button: Button | None = None
        self._loose: list[Button] = []
        self.feed(html)
        for button in self._loose:
            for form in self.forms:
                if form.id == button.form:
                    form.buttons.append(button)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in pairs}
        if tag in ("script", "style", "title", "template"):
            self._inside.append(tag)
        elif tag == "a" and "href" in has:
            self._link, self._linked = has["href"], []
        elif tag == "form":
            self._form = Form(has.get("action", ""), has.get("method", "get").lower(), has.get("id", ""))
            self.forms.append(self._form)
        elif tag == "button" and has.get("type", "submit") == "submit":
            words = (has.get("name", ""), has.get("value", ""), has.get("formaction", ""), has.get("form", ""))
            self._button = Button(*words)
            at = self._loose if self._button.form else self._form.buttons if self._form else []
            at.append(self._button)
        if self._form is not None:
            self._field(tag, has, self._form)

    def _field(self, tag: str, has: dict[str, str], form: Form) -> None:
        name, kind = has.get("name", ""), has.get("type", "text")
        if tag == "input" and name:
            form.names.add(name)
            if kind in ("radio", "checkbox") and "checked" in has:
                form.fields.setdefault(name, []).append(has.get("value", "on"))
            elif kind not in ("radio", "checkbox", "file"):
                form.fields.setdefault(name, []).append(has.get("value", ""))
        elif tag == "textarea" and name:
            form.names.add(name)
            self._area, self._typed = name, []
        elif tag == "select" and name:
            form.names.add(name)
            self._select = name
        elif tag == "option" and self._select and ("selected" in has or self._select not in form.fields):
            form.fields[self._select] = [has.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._inside:
            return
        self.words.append(data)
        if self._link:
            self._linked.append(data)
        if self._area:
            self._typed.append(data)
        if self._button:
            self._button.words += data

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif tag == "a" and self._link:
            self.links.append((self._link, "".join(self._linked).strip()))
            self._link = ""
        elif tag == "textarea" and self._area and self._form is not None:
            self._form.fields[self._area] = ["".join(self._typed).removeprefix("\n")]
            self._area = ""
        elif tag == "button":
            self._button = None
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


@dataclass
class Page:
    """What came back."""

    visitor: "Visitor"
    url: str
    status: int
    html: str
    body: bytes

    def __post_init__(self) -> None:
        self._read = _Reader(self.html)
        self.text = re.sub(r"\s+", " ", "".join(self._read.words)).strip()

    @property
    def links(self) -> list[tuple[str, str]]:
        """(address, words) of every link."""
        return self._read.links

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    def says(self, *words: str) -> bool:
        """Whether all of these can be read on it; spaces do not count."""
        plain = self.text.replace(" ", "")
        return all(word.replace(" ", "") in plain for word in words)

    def link(self, part: str) -> str:
        """The address that holds this part, or whose words do."""
        for address, words in self.links:
            if part in unescape(address) or part in words.replace(" ", ""):
                return address
        raise AssertionError(f"no link with {part!r} on {self.url}: {self.links}")

    def form(self, part: str = "", *, holding: str = "") -> Form:
        """The form that is handed in to an address ending so, or that holds a field."""
        for form in self.forms:
            action = urlsplit(urljoin(self.url, form.action or self.url)).path
            if action.endswith(part) and (not holding or holding in form.names):
                return form
        found = [(form.action, sorted(form.names)) for form in self.forms]
        raise AssertionError(f"no form to …{part} ({holding}) on {self.url}, {self.status}: {found}\n{self.text[:400]}")

    def follow(self, part: str) -> "Page":
        return self.visitor.open(self.link(part))

    def press(self, part: str = "", *, holding: str = "", button: str = "", **typed: Any) -> "Page":
        """Fill a form and hand it in by the button with these words (the first one otherwise)."""
        form = self.form(part, holding=holding)
        if unknown := typed.keys() - form.names:
            raise AssertionError(f"no field {sorted(unknown)} in the form to …{part}: {sorted(form.names)}")
        fitting = [one for one in form.buttons if button in re.sub(r"\s", "", one.words)]
        if not fitting:
            raise AssertionError(f"no button {button!r} in the form to …{part}: {[b.words for b in form.buttons]}")
        pressed = fitting[0]
        data: dict[str, Any] = {**form.fields, **typed}
        if pressed.name:
            data[pressed.name] = pressed.value
        return self.visitor.send(urljoin(self.url, pressed.action or form.action or self.url), data, form.method)


class Visitor:
    """One browser with its cookies. Paths are under the village's own prefix."""

    def __init__(self, stage: Stage, user: User | None = None) -> None:
        self.stage = stage
        self.client = Client(enforce_csrf_checks=True)
        if user is not None:
            self.client.force_login(user)

    def log_in(self, name: str) -> Page:
        """Through the door, with name and password."""
        page = self.open("/login/")
        return page.press("/login/", username=self.stage.users[name].username, password=PASSWORD)

    def path(self, address: str) -> str:
        address = urlsplit(address)._replace(scheme="", netloc="").geturl()
        own = f"/{self.stage.village.slug}/"
        return address if address.startswith(own) else self.stage.path(address)

    def open(self, address: str, **query: Any) -> Page:
        return self._page(self.client.get(self.path(address), query or None, follow=True))

    def send(self, address: str, data: dict[str, Any], method: str = "post") -> Page:
        call = self.client.post if method == "post" else self.client.get
        return self._page(call(self.path(address), data, follow=True))

    def _page(self, response: Any) -> Page:
        body = b"".join(response) if response.streaming else response.content
        kind = response.get("Content-Type", "")
        html = body.decode("utf-8", "replace") if kind.startswith(("text/", "application/json")) else ""
        return Page(self, response.request["PATH_INFO"], response.status_code, html, body)
