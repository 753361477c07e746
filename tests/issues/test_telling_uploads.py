"""Photos and the voice memo of the sheet: by content, three at most, and nothing has to be sent twice."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import stage
from tongxin.casework.models import FileKind
from tongxin.issues.models import Issue, IssueFile

from .test_telling import errors, hand_in, said

NOT_A_PHOTO = "这不是照片，换一张。"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 200
WAV = (
    b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00"
    b"data\x00\x08\x00\x00" + b"\x80" * 2048
)


def photo(colour="olive", name="a.jpg"):
    return SimpleUploadedFile(name, stage.jpeg(colour), "image/jpeg")


def heavy():
    """A real photo of twelve megabytes."""
    out = BytesIO()
    Image.effect_noise((2400, 2000), 90).convert("RGB").save(out, "JPEG", quality=100)
    return SimpleUploadedFile("a.jpg", out.getvalue() + b"\0" * (12 * 1024 * 1024 - out.tell()), "image/jpeg")


def kept(response) -> dict:
    """The hidden fields of what has arrived."""
    return dict(re.findall(r'name="(kept_\w+)" value="([^"]+)"', response.content.decode()))


def test_three_photos_and_a_memo_are_taken_without_a_word(client, here, sheet):
    files = {"photo1": photo("red"), "photo2": photo("blue"), "photo3": photo("green")}
    memo = SimpleUploadedFile("v.wav", WAV, "audio/wav")
    assert hand_in(client, sheet(words="", audio=memo, **files)).status_code == 303
    kinds = sorted(IssueFile.objects.values_list("kind", flat=True))
    assert kinds == [FileKind.PHOTO] * 3 + [FileKind.SOUND]


@pytest.mark.parametrize("name", ["photo1", "photo4"])
def test_a_fourth_photo_is_too_many_and_the_three_are_kept(client, here, sheet, name):
    first = {"photo1": photo("red"), "photo2": photo("blue"), "photo3": photo("green")}
    first[name] = [first[name], photo("gold")] if name in first else photo("gold")
    response = hand_in(client, sheet(**first))
    assert response.status_code == 422
    assert errors(response) == {"photo3": ["最多 3 张，够看清就行。"]}
    again = hand_in(client, sheet(**kept(response)))
    assert again.status_code == 303 and IssueFile.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("clip.mp4", MP4),
        ("photo.jpg", b"%PDF-1.7 a report"),
        ("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("photo.jpg", b""),
        ("photo.jpg", stage.jpeg()[:200]),
    ],
    ids=["video", "pdf", "svg", "empty", "cut off"],
)
def test_what_is_no_photo_is_refused_by_its_content(client, here, sheet, name, content):
    response = hand_in(client, sheet(photo2=SimpleUploadedFile(name, content, "image/jpeg")))
    assert response.status_code == 422
    assert errors(response) == {"photo2": [NOT_A_PHOTO]} and said(response).count(NOT_A_PHOTO) == 2
    assert Issue.objects.count() == 0


def test_twelve_megabytes_are_too_much(client, here, sheet):
    response = hand_in(client, sheet(photo1=heavy()))
    assert response.status_code == 422
    assert errors(response) == {"photo1": ["照片太大了。换一张，或者不传也行。"]}


def test_a_photo_alone_that_is_refused_is_the_only_complaint(client, here, sheet):
    response = hand_in(client, sheet(words="", photo1=SimpleUploadedFile("a.jpg", MP4)))
    assert set(errors(response)) == {"photo1"}, "nobody is asked for words because of a wrong photo"


def test_after_an_error_elsewhere_nothing_is_sent_twice(client, here, sheet):
    memo = SimpleUploadedFile("v.wav", WAV, "audio/wav")
    data = sheet(words="", category=None, photo1=photo(), photo3=photo("navy"), audio=memo)
    refused = hand_in(client, data)
    tokens = kept(refused)
    assert set(tokens) == {"kept_photo1", "kept_photo3", "kept_audio"}
    assert "第 1 张收到了" in said(refused) and "录音收到了" in said(refused)
    assert 'name="photo2"' in said(refused) and 'name="photo1"' not in said(refused)
    twice = hand_in(client, {"key": data["key"], "phone": "138", "category": "water", **tokens})
    assert twice.status_code == 422 and set(kept(twice)) == set(tokens), "kept over a second error too"
    assert hand_in(client, {"key": data["key"], "category": "water", **kept(twice)}).status_code == 303
    assert IssueFile.objects.count() == 3


def test_a_kept_photo_can_be_taken_away_or_replaced(client, here, sheet):
    tokens = kept(hand_in(client, sheet(category=None, photo1=photo(), photo2=photo("navy"))))
    old = IssueFile.objects.count()
    assert hand_in(client, sheet(**tokens, drop_photo1="1", photo2=photo("pink"))).status_code == 303
    assert IssueFile.objects.count() == old + 1


@pytest.mark.parametrize("spoil", [lambda token: token + "x", lambda _token: "made-up", lambda token: token[:-4]])
def test_a_name_that_we_did_not_sign_is_passed_over(client, here, sheet, spoil):
    tokens = kept(hand_in(client, sheet(category=None, photo1=photo())))
    assert hand_in(client, sheet(kept_photo1=spoil(tokens["kept_photo1"]))).status_code == 303
    assert IssueFile.objects.count() == 0


def test_what_hangs_on_a_matter_already_is_not_taken_a_second_time(client, here, sheet):
    tokens = kept(hand_in(client, sheet(category=None, photo1=photo())))
    hand_in(client, sheet(**tokens))
    assert hand_in(client, sheet(words="另一件", **tokens)).status_code == 303
    assert [IssueFile.objects.filter(issue=issue).count() for issue in Issue.objects.order_by("id")] == [1, 0]


def test_a_video_as_a_memo_is_refused(client, here, sheet):
    response = hand_in(client, sheet(audio=SimpleUploadedFile("v.webm", MP4, "audio/webm")))
    assert response.status_code == 422 and set(errors(response)) == {"audio"}
