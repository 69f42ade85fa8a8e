"""The system's Chromium, driven by Playwright, for the benchmark of the first paint and for `tests/browser`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MISSING = f"there is no Chromium on the PATH ({', '.join(_NAMES)}); install it: sudo apt-get install chromium"
"""Why nothing can be shown in a browser, and what to do about it."""


def chromium_path() -> str | None:
    """The program, None if it is not installed. Playwright's own browsers are neither used nor downloaded."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The program at that path, started without a window; it resolves no host name, so it reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"], timeout=120_000
        )
        try:
            yield browser
        finally:
            browser.close()
