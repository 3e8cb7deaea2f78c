"""The page in headless Chromium, as a person uses it."""

import base64
import importlib.util
import json
import pathlib
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
             "--force-color-profile=srgb", "--lang=en"]
VIEWS = ["play", "live", "adapters"]


READY = "return adapterNames.length > 0 && prompt.sentences.length > 0"


class Browser:
    """One tab; its log has to stay empty.

    `ready` is a script that tells when it may be used.
    """

    def __init__(self, url, width=1280, height=900, scheme="light", forced=False, ready=READY):
        options = webdriver.ChromeOptions()
        for argument in [*ARGUMENTS, f"--window-size={width},{height}"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_script_timeout(60)
        # A window is never narrower than 500 pixels; what is emulated is.
        self.resize(width, height)
        self.appear(scheme, forced)
        self.url = url + "/"
        self.driver.get(self.url)
        self.wait(lambda: self.script(ready))

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def resize(self, width, height):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def appear(self, scheme, forced=False):
        features = {"prefers-color-scheme": scheme, "forced-colors": "active" if forced else "none",
                    "prefers-reduced-motion": "reduce"}
        self.command("Emulation.setEmulatedMedia",
                     features=[{"name": name, "value": value} for name, value in features.items()])

    def wait(self, condition, seconds=20):
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: condition())

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.find(selector).get_property("textContent")

    def view(self, name):
        self.script("location.hash = arguments[0]", name)
        self.wait(lambda: self.find(f"#{name}-view").is_displayed())

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def write(self, text):
        """A prompt, which is routed when this returns."""
        self.script("const area = byID('prompt'); area.value = arguments[0]; area.dispatchEvent(new Event('input'))", text)
        self.wait(lambda: self.script("return prompt.text === promptText() || selectionKind() !== 'auto'"))

    def answer(self):
        """Asks for a reply and waits for its end."""
        self.find("#prompt").send_keys(Keys.CONTROL, Keys.ENTER)
        self.wait(lambda: self.script("return !askAbort && reply.provenance !== null && !baseReply.isRunning"), 60)
        # The picture follows in the next frame.
        self.script("drawRibbon(); drawWords()")

    def choose(self, kind):
        """Which adapters answer: auto, mix or base."""
        self.find(f"input[value={kind}]").click()
        self.wait(lambda: self.script("return selectionKind()") == kind)

    def option(self, name, value):
        """Sets a field of the form as if it were typed."""
        self.script("const field = byID(arguments[0]); field.value = arguments[1];"
                    "field.dispatchEvent(new Event('input')); field.dispatchEvent(new Event('change'))", name, value)

    def heap(self):
        """Bytes that the script holds, garbage collected."""
        self.command("HeapProfiler.enable")
        for _ in range(3):
            self.command("HeapProfiler.collectGarbage")
        return self.command("Runtime.getHeapUsage")["usedSize"]

    def axe(self):
        """What axe-core finds serious or critical, in words."""
        # The package is there for its copy of axe-core; nothing of Playwright runs.
        folder = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
        self.script((pathlib.Path(folder) / "axe.min.js").read_text() + "; window.axe = axe")
        result = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done)")
        return [f"{found['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                for found in result["violations"] if found["impact"] in ("serious", "critical")
                for node in found["nodes"]]

    def log(self):
        return [json.dumps(entry) for entry in self.driver.get_log("browser")]

    def picture(self, path, height=None):
        """The page from its top, down to its end or a height, as PNG."""
        width, end = self.script("return [innerWidth, document.documentElement.scrollHeight]")
        self.resize(width, min(end, height or end))
        data = self.command("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        self.driver.quit()
