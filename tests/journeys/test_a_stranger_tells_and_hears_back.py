"""The promise of the product: whoever scans the code is heard, hears who does it, and has the last word in public."""

import re

from tests.journeys.visitor import Page, Visitor, picture
from tongxin.core import outbox
from tongxin.issues.models import Issue, Status
from tongxin.territory import scope


def developed() -> None:
    """What the worker does beside the server: photos are redrawn."""
    while outbox.work_once(50):
        pass


def tell(visitor: Visitor, **said) -> Page:
    """Scan the code, open the sheet, hand it in."""
    place = visitor.open(f"/q/{visitor.stage.codes[0].code}/")
    sheet = place.follow("/say/new/")
    return sheet.press("/say/new/", **{"category": "road", "words": "路塌了半边", **said})


def tell_sealed(visitor: Visitor, **said) -> Page:
    """Open the sheet of the quiet channel, hand it in."""
    return visitor.open("/n/new/").press("/n/new/", **{"category": "road", "words": "路塌了半边", **said})


def receipt_of(page: Page) -> str:
    """Sixteen symbols, shown this once."""
    found = re.search(r'class="receipt"[^>]*>([A-Z0-9 ]{19})<', page.html)
    assert found, page.text
    return found[1]


def number_on(page: Page) -> str:
    """The number as a done page of the quiet channel shows it."""
    found = re.search(r"\d\d-\d{6}-\d", page.text)
    assert found, page.text
    return found[0]


def number_of(page: Page) -> str:
    found = re.search(r"/say/(?:done/|find/)?([\d-]+)/", page.url)
    assert found, page.url
    return found[1]


def status_of(stage, number: str) -> str:
    with scope.village(stage.village.pk):
        return Issue.objects.get(number=number).status


def dispatched(stage, number: str) -> None:
    """The council takes it on and gives it to the grid worker in one press."""
    inbox = Visitor(stage, stage.users["council"]).open("/v/say/", open=number)
    post = str(stage.posts["worker"].pk)
    assert inbox.press(f"/{number}/dispatch/", post=post, title="集市口的路", note="去看看").status == 200
    assert status_of(stage, number) == Status.DISPATCHED


def answered(stage, number: str, reply: str = "路垫好了，能走车。") -> None:
    task = Visitor(stage, stage.users["worker"]).open(f"/w/{number}/")
    assert task.press("/answer/", reply=reply, photo1=picture("teal")).status == 200
    developed()
    assert status_of(stage, number) == Status.ANSWERED


def test_a_stranger_tells_and_hears_back(quiet):
    stranger = Visitor(quiet)
    done = tell(stranger, phone="138 2222 0007", photo1=picture())
    number = number_of(done)
    assert done.says("收到了", number, "24 小时")
    assert done.says(quiet.village.phone)
    developed()

    page = stranger.open(f"/say/{number}/")
    assert page.says("路塌了半边")  # the teller reads the own words
    dispatched(quiet, number)
    worker = quiet.persons[quiet.users["worker"].name]
    assert stranger.open(f"/say/{number}/").says("网格员", worker.name)

    answered(quiet, number)
    asked = stranger.open("/")
    assert number in str(asked.links)  # the first page says that somebody waits for a word
    page = stranger.open(f"/say/{number}/")
    assert page.says("路垫好了", "办好了", "还没好")
    assert len(re.findall(r"<img", page.html)) == 2  # the result, and what was told
    page = page.press("/confirm/", button="办好了")
    assert page.status == 200
    assert status_of(quiet, number) == Status.SOLVED

    anybody = Visitor(quiet)
    board = anybody.open("/board/")
    assert board.says("集市口的路", "路垫好了")
    shown = board.follow(f"/board/said/{number}/")
    assert shown.status == 200
    assert shown.says("路垫好了")
    assert not shown.says("路塌了半边")
    picture_of_result = re.search(r'src="([^"]*/f/[^"]+)"', shown.html)
    assert picture_of_result and anybody.open(picture_of_result[1]).body.startswith(b"\xff\xd8")


def test_what_was_told_is_for_its_teller_only(quiet):
    stranger = Visitor(quiet)
    number = number_of(tell(stranger, phone="13822220007", photo1=picture()))
    developed()
    [photo] = set(re.findall(r'src="([^"]*/f/[^"]+)"', stranger.open(f"/say/{number}/").html))
    assert stranger.open(photo).status == 200
    anybody = Visitor(quiet)
    page = anybody.open(f"/say/{number}/")
    assert page.status == 200 and not page.says("路塌了半边") and "<img" not in page.html
    assert anybody.open(photo).status == 404
    assert page.press("/prove/", tail="1111").status == 422
    assert page.press("/prove/", tail="0007").says("路塌了半边")


def test_the_number_is_found_again_by_itself_or_by_four_digits(quiet):
    number = number_of(tell(Visitor(quiet), phone="13822220007"))
    another = Visitor(quiet)
    find = another.open("/say/find/")
    assert find.press("/say/find/", holding="number", number=number.replace("-", "")).url.endswith(f"/say/{number}/")
    group = str(quiet.places[0].group_id)
    found = find.press("/say/find/", holding="tail", tail="0007", group=group)
    assert found.follow(number).says("路塌了半边")
    assert find.press("/say/find/", holding="tail", tail="0008", group=group).status == 404


def test_a_sealed_matter_opens_by_its_receipt_and_by_nothing_else(quiet):
    done = tell_sealed(Visitor(quiet))
    receipt, number = receipt_of(done), number_on(done)
    stranger = Visitor(quiet)
    assert stranger.open(f"/say/{number}/").status == 404
    ask = stranger.open("/n/open/")
    assert ask.press("/n/open/", receipt="AAAA BBBB CCCC DDDD").says("没有这个码")
    assert ask.press("/n/open/", receipt=receipt.lower()).says("路塌了半边")
    assert not stranger.client.cookies


def test_told_sealed_answered_and_judged_with_the_receipt_alone(quiet):
    """The whole way of a sealed matter: read, said more, an answer, not yet, done."""
    done = tell_sealed(Visitor(quiet), photo1=picture())
    receipt, number = receipt_of(done), number_on(done)
    page = Visitor(quiet).open("/n/open/").press("/n/open/", receipt=receipt)
    assert page.says("路塌了半边", "您当时说的")
    more = page.press("/n/add/", words="今天更深了", photo1=picture("teal"))
    assert more.says("补上了", "今天更深了")
    dispatched(quiet, number)
    answered(quiet, number)
    asked = Visitor(quiet).open("/n/open/").press("/n/open/", receipt=receipt)
    assert asked.says("路垫好了，能走车。", "办好了吗")
    again = asked.press("/n/verdict/", button="还没好")
    assert again.says("还没好，接着办") and status_of(quiet, number) == Status.DISPATCHED
    answered(quiet, number, "又垫了一层。")
    last = Visitor(quiet).open("/n/open/").press("/n/open/", receipt=receipt)
    assert last.press("/n/verdict/", button="办好了").says("办好了")
    assert status_of(quiet, number) == Status.SOLVED


def test_nothing_said_is_said_on_the_sheet_and_nothing_is_lost(quiet):
    page = tell(Visitor(quiet), words="", phone="1382222")
    assert page.status == 422
    assert page.says("说一句，或者写几个字", "4")  # four digits are missing
    form = page.form("/say/new/")
    assert form.fields["phone"] == ["1382222"]
    assert form.fields["category"] == ["road"]
    again = page.press("/say/new/", words="路塌了半边", phone="13822220007")
    assert again.says("收到了")
