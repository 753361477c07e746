"""Text sealed for one cell, and the fingerprints by which it is found."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongxin.core import crypto, keyring, sealing
from tongxin.core.ids import uuid7
from tongxin.core.models import KeyPurpose, SealingKey

PHONE = "13812345678"
COLUMN, PK = "people_person|phone", "0198c3e2-0000-7000-8000-000000000001"
pytestmark = pytest.mark.django_db
on_rows = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def first_scheme(text: str) -> str:
    """As the product wrote it before rows and villages were bound: the master key itself, table and column."""
    id_, key = next(iter(keyring.masters().items()))
    sealed = AESGCM(key).encrypt(b"n" * 12, text.encode(), f"{COLUMN}|{id_}".encode())
    return f"g1:{id_}:{base64.b64encode(b'n' * 12 + sealed).decode()}"


# --- sealing ----------------------------------------------------------------------------------------------------------
@on_rows
@given(text=st.text(max_size=200))
def test_what_is_sealed_opens_again(text):
    assert crypto.unseal(crypto.seal(text, COLUMN, PK, None), COLUMN, PK) == text


def test_it_opens_in_its_own_cell_only_and_never_twice_alike():
    sealed = crypto.seal(PHONE, COLUMN, PK, None)
    assert PHONE not in sealed and sealed != crypto.seal(PHONE, COLUMN, PK, None)
    for column, pk in (("issues_issue|phone", PK), ("people_person|name", PK), (COLUMN, uuid7())):
        with pytest.raises(crypto.Unreadable):
            crypto.unseal(sealed, column, pk)


def test_the_name_of_the_key_is_bound_in():
    sealed = crypto.seal(PHONE, COLUMN, PK, None)
    old = keyring.current(None, KeyPurpose.FIELD)
    new = keyring.renew(None, KeyPurpose.FIELD)
    row = SealingKey.objects.get(pk=new.id)
    row.wrapped = keyring.wrap(row, old.material)  # even one and the same key under another name opens nothing
    row.save()
    keyring.forget_keys()
    renamed = sealed.replace(old.name, new.name)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(renamed, COLUMN, PK)


@on_rows
@given(data=st.data())
def test_one_changed_letter_is_noticed_and_nothing_is_said_of_the_content(data):
    sealed = crypto.seal(PHONE, COLUMN, PK, None)
    at = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.sampled_from("ABab01:/+=-_渠"))
    changed = sealed[:at] + letter + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(crypto.Unreadable) as refused:
            crypto.unseal(changed, COLUMN, PK)
        assert "138" not in str(refused.value)


@pytest.mark.parametrize(
    "stored",
    ["", PHONE, "g1:", "g1:00000000:AAAA", "g2:x:y", "g2:渠:y", f"g2:{'A' * 22}:AAAA", "x1:2026-01-01", "s2::"],
)
def test_what_was_never_sealed_is_unreadable(stored):
    with pytest.raises(crypto.Unreadable) as refused:
        crypto.unseal(stored, COLUMN, PK)
    assert not isinstance(refused.value, crypto.Erased)


def test_a_key_for_finding_opens_nothing():
    """A fingerprint's key must not be usable as a cipher's: the purposes stay apart."""
    index = keyring.current(None, KeyPurpose.INDEX)
    sealed = index.suite.seal(index.material, b"a", sealing._bound(COLUMN, PK, index.name))
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(f"g2:{index.name}:{base64.b64encode(sealed).decode()}", COLUMN, PK)


def test_what_was_erased_says_when():
    for stored, day in (("x2:2026-06-15", "2026-06-15"), ("x2:soon", "None")):
        with pytest.raises(crypto.Erased) as gone:
            crypto.unseal(stored, COLUMN, PK)
        assert str(gone.value.day) == day


def test_what_a_destroyed_key_has_sealed_is_erased():
    village = uuid7()
    sealed = crypto.seal(PHONE, COLUMN, PK, village)
    keyring.destroy(village, "撤村")
    with pytest.raises(crypto.Erased) as gone:
        crypto.unseal(sealed, COLUMN, PK)
    assert gone.value.day is not None


def test_the_first_scheme_is_still_read():
    assert crypto.unseal(first_scheme(PHONE), COLUMN, PK) == PHONE
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(first_scheme(PHONE), "issues_issue|phone", PK)


# --- finding ----------------------------------------------------------------------------------------------------------
SPELLINGS = [  # T13: twelve ways to write one identity number
    "62112219491231002X",
    "62112219491231002x",
    " 62112219491231002X ",
    "６２１１２２１９４９１２３１００２Ｘ",
    "６２１１２２１９４９１２３１００２ｘ",
    "62112219491231002Ｘ",
    "\u200b62112219491231002X",
    "62112219491231002\ufeffX",
    "621122\u200d19491231\u2060002X\n",
    "\t62112219491231002x\r\n",
    "62112219491231002Ⅹ",
    "\u3000６２１１２２19491231002x\u00ad",
]


def test_twelve_spellings_of_one_number_are_one_number():
    assert len(SPELLINGS) == len(set(SPELLINGS)) == 12
    village = uuid7()
    assert len({crypto.blind_index(one, "identity", village) for one in SPELLINGS}) == 1
    assert crypto.blind_index("621122194912310021", "identity", village) != crypto.blind_index(
        SPELLINGS[0], "identity", village
    )


def test_the_fingerprint_is_sixteen_bytes_and_bound_to_its_use_and_village():
    one, other = uuid7(), uuid7()
    index = crypto.blind_index("1234", "a", one)
    assert len(bytes.fromhex(index)) == 16
    others = [("1234", "b", one), ("1235", "a", one), ("1234", "a", other), ("1234", "a", None)]
    assert index not in {crypto.blind_index(*asked) for asked in others}
    assert index == crypto.blind_index("1234", "a", one)


def test_a_fingerprint_from_before_is_found_with_the_key_from_before():
    village = uuid7()
    before = crypto.blind_index(PHONE, "phone", village)
    keyring.renew(village, KeyPurpose.INDEX)
    now = crypto.blind_index(PHONE, "phone", village)
    assert crypto.blind_indexes(PHONE, "phone", village) == [now, before] and now != before
    assert crypto.fits(PHONE, "phone", village, before) and crypto.fits(PHONE, "phone", village, now)
    assert not crypto.fits(PHONE, "phone", uuid7(), now)
    assert not crypto.fits(PHONE, "phone", village, "")


def test_a_fingerprint_of_the_first_scheme_is_found_once_its_key_is_kept():
    import hmac

    village = uuid7()
    crypto.blind_index(PHONE, "phone", village)
    first = hmac.digest(keyring.first_index_key(), f"phone|{village}\0{PHONE}".encode(), "sha256")[:16].hex()
    assert not crypto.fits(PHONE, "phone", village, first)
    keyring.keep_first_index_key()
    keyring.keep_first_index_key()
    keyring.forget_keys()
    assert SealingKey.objects.filter(village_id=None).count() == 1
    assert crypto.fits(PHONE, "phone", village, first)


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("138 1234-5678", PHONE),
        ("１３８１２３４５６７８", PHONE),
        ("138\u200b12345678", PHONE),
        ("无", ""),
        ("٣1", "1"),
    ],
)
def test_digits_however_they_are_written(written, digits):
    assert crypto.digits_of(written) == digits
