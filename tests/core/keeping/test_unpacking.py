"""What comes out of an archive goes where it belongs, whatever its names say."""

import io
import json
import tarfile

import pytest

from tongxin.core.keeping import sealing, unpacking

TO, PRIVATE = sealing.new_pair("town")
KEY = sealing.read_private(PRIVATE)


def archive(path, members):
    with path.open("wb") as out:
        writer = sealing.Writer(out, [TO], {})
        with tarfile.open(mode="w|", fileobj=writer) as tar:
            for name, data in members:
                member = tarfile.TarInfo(name)
                if data is None:
                    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
                    tar.addfile(member)
                else:
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))
        writer.finish()
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/cron.d/x", "media/../../x", "media/ab/../../../x", "media/ab/photo.jpg", "live.id", "media/ab"],
)
def test_a_name_of_none_of_ours_is_refused(tmp_path, name):
    with pytest.raises(unpacking.Wrong, match="none of ours"):
        unpacking.unpack(archive(tmp_path / "a", [(name, b"x")]), [KEY], tmp_path / "out")
    assert not (tmp_path / "evil").exists()


def test_a_link_is_refused(tmp_path):
    with pytest.raises(unpacking.Wrong):
        unpacking.unpack(archive(tmp_path / "a", [(f"media/ab/{'ab' * 16}.jpg", None)]), [KEY], tmp_path / "out")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "media/ab"),  # one more than the manifest knows
        ({f"media/ab/{'ab' * 16}.jpg": [1, "00"]}, "media/ab"),  # another content
        ({f"media/cd/{'cd' * 16}.jpg": [1, "00"]}, "media/"),  # one that is missing
    ],
)
def test_files_are_compared_with_the_manifest_one_by_one(tmp_path, files, said):
    manifest = {"files": files, "dump": [1, "00"], "database": "postgresql"}
    members = [
        ("database", b"x"),
        (f"media/ab/{'ab' * 16}.jpg", b"y"),
        ("manifest.json", json.dumps(manifest).encode()),
        ("manifest.sign", b"0"),
    ]
    with pytest.raises(unpacking.Wrong, match="is not what the manifest says"):
        unpacking.unpack(archive(tmp_path / "a", members), [KEY], tmp_path / "out")


def test_an_archive_without_a_manifest_is_none(tmp_path):
    with pytest.raises(unpacking.Wrong, match="no manifest"):
        unpacking.unpack(archive(tmp_path / "a", [("database", b"x")]), [KEY], tmp_path / "out")
