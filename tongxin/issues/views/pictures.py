"""Photos and memos on a page, and the door in front of each file."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.casework import store
from tongxin.casework.models import FileKind, FileState
from tongxin.issues import access, queries
from tongxin.issues.models import IssueFile
from tongxin.issues.views import proof
from tongxin.issues.views.asking import VillageRequest, resident

VARIANTS = {FileKind.PHOTO: ("large", "small"), FileKind.SOUND: ("sound",)}


@dataclass(frozen=True)
class Picture:
    """As `components/_photo_tiles.html` wants it."""

    url: str
    thumb_url: str
    words: str


def pictures(files: Iterable[IssueFile]) -> list[Picture]:
    """The photos that have been redrawn; what is still being prepared is left out."""
    ready = [f for f in files if f.kind == FileKind.PHOTO and f.state == FileState.READY]
    words = {
        IssueFile.Purpose.RESULT: _("Photo %(n)d of the result"),
        IssueFile.Purpose.TOLD: _("Photo %(n)d told with it"),
    }
    return [
        Picture(_url(f, "large"), _url(f, "small"), words[IssueFile.Purpose(f.purpose)] % {"n": i})
        for i, f in enumerate(ready, 1)
    ]


def memos(files: Iterable[IssueFile]) -> list[str]:
    """Addresses of the voice memos."""
    return [_url(f, "sound") for f in files if f.kind == FileKind.SOUND and f.state == FileState.READY]


def _url(file: IssueFile, variant: str) -> str:
    return reverse("issues:photo", args=[file.pk, variant])


@resident
@require_safe
def photo(request: VillageRequest, pk: UUID, variant: str) -> HttpResponseBase:
    file = IssueFile.objects.filter(pk=pk, state=FileState.READY).select_related("issue").first()
    if file is None or variant not in VARIANTS[FileKind(file.kind)] or not _may_see(request, file):
        raise Http404
    return store.serve(file.stem, variant, file.content_type, wanted=request.headers.get("Range", ""))


def _may_see(request: VillageRequest, file: IssueFile) -> bool:
    """Asked again for each file: a random address alone is no right (T05)."""
    shown = file.purpose == IssueFile.Purpose.RESULT
    if shown and queries.rows().shown_to_all().filter(pk=file.issue_id).exists():
        return True
    if proof.teller(request, file.issue) is not None:
        return True
    sees = access.can_see if shown else access.can_read_record
    return bool(request.user.is_authenticated and sees(request.user, file.issue))
