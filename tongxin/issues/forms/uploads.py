"""Photos and the voice memo of the sheet, kept over an error elsewhere on it.

A browser cannot fill a file input again. What has arrived lies in the spool, so its random name travels back in a
hidden field, signed: it opens nothing, and what hangs on a matter already is not taken a second time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongxin.casework import photos, sounds, store
from tongxin.casework.store import Upload
from tongxin.core.errors import DomainError
from tongxin.issues.models import IssueFile

PHOTOS = ("photo1", "photo2", "photo3")
SLOTS = (*PHOTOS, "audio")
NOT_A_PHOTO = _("This is not a photo. Please choose another.")
SALT = "issues.kept"
DAY = 24 * 3600


@dataclass(frozen=True)
class Kept:
    """A file that has arrived already: where it stood, and what the sheet sends back for it."""

    slot: str
    token: str


class Uploads:
    """What came with one press: fresh files, and those that an earlier press of the same sheet brought."""

    def __init__(self, data: Mapping[str, Any], files: Any) -> None:
        self.data = data
        self.files = files
        self.found: dict[str, Upload] = {}

    def __bool__(self) -> bool:
        return bool(self.found)

    @property
    def photos(self) -> list[Upload]:
        return [self.found[slot] for slot in PHOTOS if slot in self.found]

    @property
    def sound(self) -> Upload | None:
        return self.found.get("audio")

    @property
    def everything(self) -> list[Upload]:
        return [self.found[slot] for slot in SLOTS if slot in self.found]

    @property
    def kept(self) -> list[Kept]:
        """For drawing the sheet again."""
        return [Kept(slot, signing.dumps(asdict(up), salt=SALT)) for slot, up in self.found.items()]

    def take_in(self, cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str | Promise]]:
        """Put fresh files into the spool and find the kept ones again; yields what is wrong, by slot."""
        for slot in SLOTS:
            fresh = cleaned.get(slot)
            if isinstance(fresh, UploadedFile):
                try:
                    self.found[slot] = sounds.receive(fresh) if slot == "audio" else photos.receive(fresh)
                except DomainError as error:
                    yield slot, error.message
            elif (kept := self._again(slot)) is not None:
                self.found[slot] = kept
        if self._photos_sent() > len(PHOTOS):
            yield "photo3", _("Three photos at most; that is enough to see it.")

    def _again(self, slot: str) -> Upload | None:
        token = self.data.get(f"kept_{slot}")
        if not token or self.data.get(f"drop_{slot}"):
            return None
        try:
            upload = Upload(**signing.loads(token, salt=SALT, max_age=DAY))
        except (signing.BadSignature, TypeError):
            return None
        is_free = not IssueFile.objects.filter(stem=upload.stem).exists()
        return upload if is_free and store.spool_path(upload.stem).is_file() else None

    def _photos_sent(self) -> int:
        return sum(len(self.files.getlist(name)) for name in self.files if name.startswith("photo"))
