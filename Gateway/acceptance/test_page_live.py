"""The page beside a service that works: what it shows, and that it keeps nothing."""

import time

from browser import Browser
from load import Load


def test_different_mixes_in_one_batch(gateway):
    browser = Browser(gateway.url)
    try:
        browser.view("live")
        with Load(gateway.url, 12):
            browser.wait(lambda: len(browser.all("#workers .cell.taken")) >= 6)
            looks = browser.script(
                "return [...document.querySelectorAll('.cell.taken')].map((one) => one.style.backgroundImage)")
            assert len(set(looks)) >= 3
            browser.wait(lambda: browser.script("return samples.some((sample) => sample.rate > 0)"))
            assert "running" in browser.text("#state")
    finally:
        browser.close()


def test_heap_does_not_grow(gateway, minutes):
    """Under 10 MB whatever the time: what is kept is bounded."""
    browser = Browser(gateway.url)
    try:
        with Load(gateway.url, 2):
            browser.view("live")
            # Charts are full after five minutes; until then they are filled with what they will hold.
            browser.script("for (let count = 0; count < 300; count += 1) record(snapshot)")
            time.sleep(5)
            before = browser.heap()
            deadline = time.monotonic() + 60 * minutes
            while time.monotonic() < deadline:
                browser.view("play")
                browser.answer()
                browser.view("adapters")
                time.sleep(1)
                browser.view("live")
                time.sleep(4)
            grown = browser.heap() - before
        assert browser.script("return samples.length") == 300
        print(f"\nheap after {minutes:g} minutes: {before / 1e6:.1f} MB and {grown / 1e6:+.2f} MB")
        assert grown < 10e6
    finally:
        browser.close()
