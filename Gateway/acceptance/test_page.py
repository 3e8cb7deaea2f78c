"""The page: what it may load, who can use it, and what it says when the service is gone."""

import base64
import hashlib
import re
import time

import httpx
import pytest
from selenium.webdriver.common.keys import Keys

from browser import READY, VIEWS, Browser


@pytest.fixture(scope="module")
def page(gateway):
    browser = Browser(gateway.url)
    yield browser
    browser.close()


def test_one_small_file(http):
    response = http.get("/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert len(response.content) <= 120 << 10
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["connect-src"] == "'self'"
    for element in ("script", "style"):
        content = re.search(f"<{element}>(.*?)</{element}>", response.text, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[f"{element}-src"] == f"'sha256-{digest}'"


@pytest.mark.parametrize("look", [("light", False), ("dark", False), ("light", True), ("dark", True)],
                         ids=["light", "dark", "forced-light", "forced-dark"])
def test_axe(page, look):
    page.appear(*look)
    page.view("play")
    page.find("#compare").click()
    page.choose("mix")
    page.script("document.querySelector('details').open = true")
    page.answer()
    page.find("[data-recipe=curl]").click()
    for _ in range(2):
        for view in VIEWS:
            page.view(view)
            assert page.axe() == [], view
        page.press(Keys.F2)
    page.view("play")
    page.find("#compare").click()
    page.choose("auto")
    page.appear("light")


def test_everything_by_keyboard(page):
    """A walk with Tab alone reaches all that can be used, in each view."""
    reachable = ("return [...document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex=\"0\"]')]"
                 ".filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled"
                 " && (one.type !== 'radio' || one.checked))")
    for view in VIEWS:
        page.view(view)
        if view == "play":
            page.choose("mix")
            page.script("document.querySelector('details').open = true")
            page.answer()
            page.find("[data-recipe=curl]").click()
        wanted = page.script(reachable)
        page.script("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
        reached = []
        for _ in range(3 * len(wanted)):
            page.press(Keys.TAB)
            focused = page.driver.switch_to.active_element
            if focused not in reached:
                reached.append(focused)
                # What has the focus is seen to have it.
                style = page.script("const style = getComputedStyle(arguments[0]);"
                                    "return [style.outlineStyle, style.outlineWidth]", focused)
                assert style != ["none", "0px"] or focused.get_attribute("id") == "prompt"
        assert [one.get_attribute("outerHTML")[:80] for one in wanted if one not in reached] == []
    page.view("play")
    page.choose("auto")


def test_keys(page):
    page.view("play")
    page.write("Write an angry review of a phone.")
    page.find("#prompt").click()
    page.answer()
    assert not page.find("#prompt-words").is_displayed()
    page.press(Keys.F2)
    assert re.search(r"phones \d+ %, negative \d+ %|negative \d+ %, phones \d+ %", page.text("#prompt-words"))
    assert "tokens 1 to" in page.text("#reply-words")
    page.view("live")
    assert len(page.all("#charts table")) == 6 and not page.find("#charts svg").is_displayed()
    page.press(Keys.F2)
    assert len(page.all("#charts table")) == 0 and page.find("#charts svg").is_displayed()
    page.view("play")
    page.script("document.querySelector('#reply .sentence').focus()")
    assert "shown" in page.find("#reply .sentence").get_attribute("class")


def test_views(page, http):
    adapters = http.get("/fusebox/v1/adapters").json()["adapters"]
    page.view("adapters")
    rows = page.all("#adapter-rows tr")
    assert len(rows) == len(adapters) == 20
    assert "hotels" in page.text("#adapter-rows") and "456 KiB" in page.text("#adapter-rows")
    page.view("live")
    assert page.text("#state").startswith("Serving with 2 workers.")
    assert len(page.all("#workers .cell")) == 64


def test_360_pixels(gateway):
    browser = Browser(gateway.url, width=360, height=740)
    try:
        browser.find("#compare").click()
        browser.choose("mix")
        browser.script("document.querySelector('details').open = true")
        browser.answer()
        browser.find("[data-recipe=python]").click()
        for _ in range(2):
            for view in VIEWS:
                browser.view(view)
                assert browser.script("return document.documentElement.scrollWidth") <= 360, view
            browser.press(Keys.F2)
    finally:
        browser.close()


def test_text_from_outside_is_text(page):
    page.view("play")
    page.write("<img src=x onerror=alert(1)><script>alert(2)</script> & <b>bold</b>.")
    page.answer()
    assert page.all("#mirror img, #mirror b, #mirror script, #reply img, #prompt-words b") == []
    assert "<b>bold</b>" in page.text("#mirror")


def test_says_that_the_service_is_gone(service):
    gateway = service.gateway(name="gone")
    browser = Browser(gateway.url)
    try:
        browser.write("Write a cheerful review of a hotel.")
        gateway.stop()
        browser.wait(lambda: "does not answer" in browser.text("#notice"))
        browser.view("live")
        assert "does not answer" in browser.text("#state")
        browser.view("play")
        gateway = service.gateway(address=gateway.url.removeprefix("http://"), name="back")
        browser.wait(lambda: not browser.find("#notice").is_displayed(), 40)
        browser.answer()
        assert "hotels" in browser.text("#reply-mix")
    finally:
        browser.close()
        gateway.stop()


def test_asks_for_a_key(service, tmp_path):
    keys = tmp_path / "keys.json"
    digest = hashlib.sha256(b"fusebox-secret").hexdigest()
    keys.write_text('{"keys": [{"name": "me", "sha256": "%s", "created": "2026-11-29"}]}' % digest)
    keys.chmod(0o600)
    gateway = service.gateway("--api-keys", str(keys), name="page-keys")
    try:
        assert httpx.get(gateway.url + "/fusebox/v1/status").status_code == 401
        browser = Browser(gateway.url, ready="return !byID('key').hidden")
        try:
            browser.find("#key-text").send_keys("fusebox-secret", Keys.ENTER)
            browser.wait(lambda: browser.script(READY))
            browser.answer()
            assert "$FUSEBOX_KEY" in browser.script("return recipes.curl()")
        finally:
            browser.close()
    finally:
        gateway.stop()


def test_nothing_from_elsewhere(page, gateway):
    """Last: the log has what all of the above did."""
    time.sleep(0.2)
    loaded = page.script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert loaded and all(name.startswith(gateway.url + "/") for name in loaded)
    assert page.log() == []
