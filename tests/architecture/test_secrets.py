"""Secrets: no bare hash over a number that can be guessed, and clear text in few places, each with its reason."""

import ast
from pathlib import Path

import pytest

from .tree import ROOT, nothing, parsed, plant, python

# A plain hash of an identity number is no protection: a county's 29 million take eight minutes (finding 10).
HASHES = {"sha256", "sha1", "sha512", "md5", "blake2b", "blake2s", "sha3_256", "new", "file_digest"}
HASHING = {
    "tongxin/core/keyring.py": "the id of a key line: 256 random bits",
    "tongxin/core/idempotency.py": "of a request's body; numbers in it are fingerprints already",
    "tongxin/audit/verifier.py": "the chain: over entries without personal data",
    "tongxin/core/once.py": "of a request's key and shape",
    "tongxin/core/keeping/backup.py": "of files and archives",
    "tongxin/core/keeping/digest.py": "of whole tables, so that a restore can be compared",
    "tongxin/core/keeping/sealing.py": "of keys and blocks of an archive",
    "tongxin/core/keeping/unpacking.py": "of files in an archive",
    "tongxin/ledger/invariants.py": "of ledger rows, which name nobody",
    "tongxin/core/sessions.py": "of a session's key: random",
    "tongxin/bodies/queries.py": "of the posts somebody holds: offices, no numbers",
    "tongxin/casework/store.py": "of a file's content",
}
CLEAR = {
    "tongxin/core/crypto.py": "where it is opened",
    "tongxin/core/rotation.py": "to be sealed anew",
    "tongxin/core/keeping/settling.py": "whether a restored copy's key opens anything; the text is thrown away",
    "tongxin/casework/revealing.py": "for a person's eyes, on record",
    "tongxin/issues/actions/messages.py": "the number that a message is sent to",
    "tongxin/issues/queries/redacting.py": "what is passed on is looked through for it, and nothing is shown",
    "tongxin/issues/forms/proxy.py": "the register's number is taken over into the matter",
    "tongxin/people/actions/erasing.py": "to find the same number elsewhere",
    "tongxin/people/queries.py": "a household's PIN, an Argon2 hash, to be compared with what was typed",
    "tongxin/accounts/actions/factors.py": "the secret of a time code, to reckon the code",
    "tongxin/demo/scenes/matters.py": "invented people tell under their own number",
}


def calls(tree: ast.Module, wanted) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if wanted(node, name):
                found.append((node.lineno, name))
    return found


def bare_hashes(root: Path) -> list[str]:
    def is_hash(node: ast.Call, name: str) -> bool:
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        return name in HASHES - {"new"} or (name == "new" and isinstance(of, ast.Name) and of.id == "hashlib")

    return [
        f"{name}:{line}: {verb}( of what? Numbers of persons go through crypto.blind_index"
        for name, path in python(root)
        if name not in HASHING
        for line, verb in calls(parsed(path), is_hash)
    ]


def clear_texts(root: Path) -> list[str]:
    return [
        f"{name}:{line}: in_clear( outside the places that may"
        for name, path in python(root)
        if name not in CLEAR
        for line, _verb in calls(parsed(path), lambda node, name: name == "in_clear")
    ]


def halves(root: Path) -> list[str]:
    """`save(update_fields=["phone"])` would leave the fingerprint of the old number: `crypto.sealed_for` gives both."""

    def names_one(node: ast.Call, name: str) -> bool:
        given = [key.value for key in node.keywords if key.arg in {"update_fields", "fields"}] + node.args[1:]
        said = {getattr(part, "value", None) for part in given for part in ast.walk(part)}
        return name in {"save", "bulk_update"} and bool(said & {"phone", "told_by_name"})

    return [
        f"{name}:{line}: {verb}( of a secret without its fingerprints"
        for name, path in python(root)
        for line, verb in calls(parsed(path), names_one)
    ]


def test_no_bare_hash_over_what_can_be_guessed():
    nothing(bare_hashes(ROOT))


def test_clear_text_in_the_listed_places_only():
    nothing(clear_texts(ROOT))


def test_a_secret_is_written_with_its_fingerprints():
    nothing(halves(ROOT))


def test_the_lists_name_what_is_there():
    nothing([name for name in (*HASHING, *CLEAR) if not (ROOT / name).exists()])


@pytest.mark.parametrize(
    "code", ["hashlib.sha256(number.encode())", "sha256(phone)", "hashlib.new('sm3', phone)", "hashlib.md5(identity)"]
)
def test_a_planted_hash_is_found(tmp_path, code):
    assert bare_hashes(plant(tmp_path, {"tongxin/people/queries.py": code}))


def test_a_planted_clear_text_and_a_planted_half_are_found(tmp_path):
    root = plant(
        tmp_path,
        {
            "tongxin/people/views.py": "context['phone'] = person.phone.in_clear()",
            "tongxin/people/actions.py": "a.save(update_fields=['phone'])\nPerson.objects.bulk_update(rows, ['phone'])",
        },
    )
    assert len(clear_texts(root)) == 1 and len(halves(root)) == 2
