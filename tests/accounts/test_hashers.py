"""The hash that a small server can bear."""

from django.contrib.auth.hashers import identify_hasher, make_password

from tongxin import settings as product
from tongxin.accounts.hashers import Argon2Small


def test_the_products_hash_is_argon2id_of_nineteen_mebibytes(settings):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    made = make_password("word")
    assert "argon2id" in made and f"m={Argon2Small.memory_cost}" in made
    assert isinstance(identify_hasher(made), Argon2Small)
