"""Two words by which somebody recognises their own telephone."""

import pytest

from tongxin.core import devices


@pytest.mark.parametrize(
    ("told", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 13; V2203A) Chrome/107 Mobile MicroMessenger/8.0.44", "Android · WeChat"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114 ArkWeb HuaweiBrowser/5", "HarmonyOS · Huawei"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "iPhone · Safari"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120.0 Safari/537.36 Edg/120.0", "Windows · Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux · Firefox"),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>alert(1)</script>" * 100, ""),
    ],
)
def test_system_and_browser(rf, told, label):
    assert devices.label(rf.get("/", headers={"user-agent": told})) == label
