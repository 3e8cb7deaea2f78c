"""Pictures of the page, made against a service with the demo's base: Gateway/gallery/*.png.

    python Gateway/acceptance/gallery.py [FOLDER]
"""

import pathlib
import sys
import time

from selenium.webdriver.common.keys import Keys

from browser import Browser
from load import Load
from service import ROOT, Service

BYTE_LIMIT = 150_000
# Its reply changes its mix twice.
SEED = "30"


def play(browser):
    browser.option("seed", SEED)
    browser.find("#compare").click()
    browser.answer()
    browser.script("document.querySelector('#reply .sentence:nth-of-type(3)').focus({preventScroll: true})")


def own_mix(browser):
    browser.choose("mix")
    browser.option("seed", SEED)
    browser.answer()
    browser.find("[data-recipe=python]").click()


def live(browser):
    browser.view("live")
    with Load(browser.url, 21):
        # Lines that have something to tell.
        time.sleep(40)
        browser.wait(lambda: len(browser.all("#workers .cell.taken")) >= 15)
        yield


def words(browser):
    play(browser)
    browser.press(Keys.F2)


def adapters(browser):
    browser.view("adapters")


def pictures(url, folder):
    def take(name, prepare, crop=1600, **settings):
        browser = Browser(url, **settings)
        try:
            # What runs is seen only until its preparation is left.
            for _ in prepare(browser) or [None]:
                browser.picture(folder / f"{name}.png", height=crop)
        finally:
            browser.close()

    take("play", play)
    take("play-dark", own_mix, scheme="dark")
    take("play-phone", words, width=360, height=740)
    take("play-forced-colors", play, scheme="dark", forced=True)
    take("live", live)
    take("live-dark", live, scheme="dark")
    # The end of the table is as its beginning.
    take("adapters", adapters, crop=720)
    take("adapters-dark", adapters, crop=720, scheme="dark")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Gateway/gallery"
    folder.mkdir(parents=True, exist_ok=True)
    service = Service()
    gateway = service.gateway()
    try:
        pictures(gateway.url, folder)
    finally:
        gateway.stop()
        service.stop()
    for path in sorted(folder.glob("*.png")):
        size = path.stat().st_size
        print(f"{path.name}: {size / 1000:.0f} kB")
        if size > BYTE_LIMIT:
            sys.exit(f"{path} has more than {BYTE_LIMIT} bytes")


if __name__ == "__main__":
    main()
