"""Rooms: only known file names in an app, and each room with logic has its twin in tests/.

`rooms_without_tests.txt` is a debt that may only shrink: a room that has got its tests is struck off the list.
"""

from pathlib import Path

from .tree import ROOT, apps, contract, nothing, plant

ROOMS = {"models", "queries", "access", "workflow", "actions", "forms", "views", "urls"}
WIRING = {
    "__init__",
    "apps",
    "roles",
    "middleware",
    "context",
    "templatetags",
    "management",
    "migrations",
    "templates",
    "static",
}
# Mechanisms that are no room of a domain app, each with its reason. The ground (core, casework) consists of such.
OTHERS = {
    "accounts/checks": "what is unsafe about log-ins, refused at start-up",
    "bodies/checks": "a matrix or an appointment that joins powers which must be apart",
    "audit/checks": "an algorithm that nobody can reckon is refused at start-up",
    "audit/wording": "what an act and a fault of the chain are called",
    "accounts/hashers": "the password hasher with our memory size",
    "accounts/passkeys": "what a passkey is asked and what it answers, by the library",
    "accounts/timecodes": "the codes of RFC 6238",
    "accounts/validators": "passwords that others would try first",
    "exports/guards": "what the database itself refuses of an export of many persons, for `core.triggers`",
    "exports/wording": "how a request stands, for its own pages and today's",
    "issues/guards": "what the database itself refuses of an envelope's opening, for `core.triggers`",
    "issues/wording": "what a step is called in public, for pages and messages alike",
    "ledger/guards": "what the database itself refuses in a book, for `core.triggers`",
    "ledger/invariants": "what must be true of a book, asked at night, before a close and by the tests",
    "people/pinyin": "names as they are read, for sorting and search",
    "territory/scope": "the net under the manager of every village's table",
    "reports/indicators": "the chapters of the village report, one module each",
}
GROUND = {"core", "casework"}
SPEECHLESS = {"urls", "apps", "__init__", "roles", "templatetags", "management", "migrations", "templates", "static"}
DEBT = Path(__file__).with_name("rooms_without_tests.txt")


def pure() -> set[str]:
    """The modules that pyproject.toml keeps free of Django, as `app/name`."""
    return {"/".join(module.split(".")[1:]) for module in contract("pure")["source_modules"]}


def rooms(root: Path, app: str) -> list[str]:
    """The names in an app's folder, packages and modules alike."""
    folder = root / "tongxin" / app
    return sorted(
        path.stem
        for path in folder.iterdir()
        if (path.is_dir() and path.name != "__pycache__") or (path.is_file() and path.suffix == ".py")
    )


def unknown(root: Path) -> list[str]:
    found = []
    for app in apps(root):
        scenes = app == "demo"  # the demonstration is scenes, one file each, and has no rooms of a domain
        for room in rooms(root, app):
            known = room in ROOMS | WIRING or f"{app}/{room}" in pure() | OTHERS.keys()
            if not known and app not in GROUND and not scenes:
                found.append(f"tongxin/{app}/{room}: no room of the house (house rules: docs/architecture.md)")
    return found


def has_twin(root: Path, app: str, room: str) -> bool:
    """`tests/<app>/test_<room>*.py`, or for a package one named for each noun in it."""
    tests = root / "tests" / app
    if list(tests.glob(f"test_{room}*.py")) or list(tests.glob(f"{room}/test_*.py")):
        return True
    package = root / "tongxin" / app / room
    nouns = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    return bool(nouns) and all(list(tests.glob(f"test_{noun}*.py")) for noun in nouns)


def without_twin(root: Path) -> set[str]:
    return {
        f"{app}/{room}"
        for app in apps(root)
        for room in rooms(root, app)
        if room not in SPEECHLESS and app != "demo" and not has_twin(root, app, room)
    }


def debt() -> set[str]:
    lines = DEBT.read_text("utf-8").splitlines() if DEBT.exists() else []
    return {line for line in lines if line and not line.startswith("#")}


def test_every_app_has_only_known_rooms():
    nothing(unknown(ROOT))


def test_every_room_has_its_tests_or_stands_in_the_debt():
    nothing(sorted(without_twin(ROOT) - debt()))


def test_a_room_that_has_got_its_tests_is_struck_off_the_debt():
    nothing(sorted(debt() - without_twin(ROOT)))


def test_a_planted_room_is_found(tmp_path):
    plant(tmp_path, {"tongxin/issues/__init__.py": "", "tongxin/issues/services.py": "", "tongxin/issues/views.py": ""})
    assert [fault.split(":")[0] for fault in unknown(tmp_path)] == ["tongxin/issues/services"]


def test_a_room_without_its_twin_is_found(tmp_path):
    files = {
        "tongxin/issues/__init__.py": "",
        "tongxin/issues/views.py": "",
        "tongxin/issues/access.py": "",
        "tongxin/issues/actions/__init__.py": "",
        "tongxin/issues/actions/telling.py": "",
        "tests/issues/test_access.py": "",
    }
    assert without_twin(plant(tmp_path, files)) == {"issues/views", "issues/actions"}
    plant(tmp_path, {"tests/issues/test_telling.py": "", "tests/issues/test_views_resident.py": ""})
    assert without_twin(tmp_path) == set()


if __name__ == "__main__":  # `make tidy`: strike off what has been paid
    kept = [line for line in DEBT.read_text("utf-8").splitlines() if line.startswith("#") or line in without_twin(ROOT)]
    DEBT.write_text("\n".join(kept) + "\n", "utf-8")
