"""Disks and uploads of the photo and voice-memo tests."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tongxin.casework import store


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    """A spool and a media folder of this test's own."""
    settings.SPOOL_ROOT = tmp_path / "spool"
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def files(disk):
    """Every file on that disk, by its path from there."""
    return lambda: sorted(str(path.relative_to(disk)) for path in disk.rglob("*") if path.is_file())


@pytest.fixture
def sent():
    """An upload with a name and type that lie: only the content counts."""
    return lambda data, name="report.exe": SimpleUploadedFile(name, data, content_type="text/html")


@pytest.fixture
def spooled():
    """Bytes put into the spool as they are, past every look at them."""

    def put(data: bytes) -> str:
        stem = store.new_stem()
        store.write(store.spool_path(stem), data)
        return stem

    return put
