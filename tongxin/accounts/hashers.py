"""Argon2id at 19 MiB (OWASP's small setting): with Django's 100 MiB eight log-ins at once end a small server."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Small(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19456
    parallelism = 1
