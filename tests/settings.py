"""The product's settings with what a test needs: keys that are no secret, a data folder that goes away.

The database comes from DATABASE_URL as always; without it each test process has an SQLite file of its own. A file, not
`:memory:`, because threads and a live server then meet the locks they meet in a village.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "TONGXIN_TEST_HOME" not in os.environ:
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    os.environ["TONGXIN_TEST_HOME"] = tempfile.mkdtemp(prefix="tongxin-test-", dir=fast)
    atexit.register(shutil.rmtree, os.environ["TONGXIN_TEST_HOME"], ignore_errors=True)
HOME = Path(os.environ["TONGXIN_TEST_HOME"]) / WORKER
(HOME / "static").mkdir(parents=True, exist_ok=True)

os.environ["TONGXIN_DATA"] = str(HOME)
os.environ["TONGXIN_SECRET_KEY"] = "only-for-tests-" + "t" * 40
os.environ["TONGXIN_FIELD_KEY"] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # 32 bytes, base64
os.environ.setdefault("TONGXIN_LOG", "ERROR")
os.environ.pop("TONGXIN_DEMO", None)
os.environ.pop("TONGXIN_DEBUG", None)

from tongxin.settings import *  # noqa: E402, F403
from tongxin.settings import DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",  # a cast of twelve for every test: 20 ms each would be minutes
    "tongxin.accounts.hashers.Argon2Small",
]
