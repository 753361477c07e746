"""What a phone loads and when it first shows something: Chromium with its network held down to slow 3G."""

import os
import statistics
from pathlib import Path
from typing import Any

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}


def first_view(port: int, path: str, times: int = 3) -> dict[str, Any] | None:
    """Bytes on the wire, requests, foreign hosts, and the median first contentful paint; None without Chromium."""
    if not Path(CHROMIUM).exists():
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        seen = [_once(browser, f"http://127.0.0.1:{port}{path}") for _ in range(times)]
        browser.close()
    best = seen[0]
    best["paint_s"] = statistics.median(view["paint_s"] for view in seen)
    return best


def _once(browser: Any, url: str) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_3G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: dict[str, float] = {}
    urls: dict[str, str] = {}
    wire.on("Network.requestWillBeSent", lambda e: urls.__setitem__(e["requestId"], e["request"]["url"]))
    wire.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    page.goto(url, wait_until="load")
    page.wait_for_timeout(300)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0")
    context.close()
    web = {key: address for key, address in urls.items() if address.startswith("http")}
    html = next((sizes.get(key, 0) for key, address in web.items() if address == url), 0)
    return {
        "html_kb": html / 1000,
        "kb": sum(sizes.get(key, 0) for key in web) / 1000,
        "requests": len(web),
        "foreign": sorted({a.split("/")[2] for a in web.values() if "127.0.0.1" not in a}),
        "paint_s": paint / 1000,
    }
