"""What the page shows of mixes is what the service did, and what it gives to copy does the same again."""

import json
import re
import shlex
import subprocess
import sys

import pytest
from selenium.webdriver.common.keys import Keys

from browser import Browser
from service import FUSEBOX, ROOT

PROMPTS = [
    "Write a cheerful review of a hotel. Then write an angry review of a restaurant.",
    "What is the bigger number, 3 or 9?",
    "Praise a book.\nComplain about a phone!",
    "Once upon a time there was a girl who had a dog.",
]


@pytest.fixture(scope="module")
def page(gateway):
    browser = Browser(gateway.url)
    yield browser
    assert browser.log() == []
    browser.close()


def shown_mix(label):
    """The mix in a sentence's label, which ends with it in parentheses."""
    words = re.search(r"\(([^()]*)\)$", label).group(1)
    if words == "the base alone":
        return {}
    return {name: float(weight) for name, weight in (share.rsplit(" ", 1) for share in words.split(", "))}


def shown_bar(page, element):
    """The shares of a bar in percent of its width, without its track."""
    sizes = page.script("return arguments[0].style.backgroundSize", element).split(", ")
    return [float(size.split("%")[0]) for size in sizes][:-1]


def governed(segments, mix):
    return any({share["name"]: share["weight"] for share in segment["mix"]} == mix for segment in segments)


@pytest.mark.parametrize("rule", ["keep", "recompute", "pin"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_sentence_as_in_the_provenance(page, prompt, rule):
    page.write(prompt)
    page.option("kv-rule", rule)
    page.option("seed", "7")
    page.answer()
    provenance = json.loads(page.script("return recipes.replay()"))
    segments = provenance["segments"]
    assert provenance["kv_rule"] == rule and provenance["seed"] == "7"
    sentences = page.all("#reply .sentence")
    assert sentences
    for sentence in sentences:
        mix = shown_mix(sentence.get_attribute("aria-label"))
        assert governed(segments, mix), (mix, segments)
        whole = max(1, sum(mix.values()))
        assert shown_bar(page, sentence) == pytest.approx([100 * weight / whole for weight in mix.values()], abs=0.01)
    # The ribbon has a piece for each share of each segment, where its tokens are.
    pieces = page.script("return [...byID('ribbon').children].map((one) => parseFloat(one.style.left))")
    total = len(provenance["tokens"])
    assert pieces == pytest.approx(
        [100 * segment["from_token"] / total for segment in segments for _ in segment["mix"]], abs=0.01)


def test_replay_reproduces_what_is_shown(page, tmp_path):
    page.option("kv-rule", "keep")
    page.write(PROMPTS[0])
    page.option("seed", "1")
    page.answer()
    provenance = page.script("return recipes.replay()")
    (tmp_path / "replay.json").write_text(provenance)
    arguments = [FUSEBOX, "replay", tmp_path / "replay.json", "--model", "Demo/base", "--adapters", "Demo/adapters",
                 "--threads", "1", "--no-image", "--json"]
    result = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    again = json.loads(result.stdout)
    assert again["text"] == page.text("#reply")
    segments = again["provenance"]["segments"]
    assert [segment["mix"] for segment in segments] == [
        segment["mix"] for segment in json.loads(provenance)["segments"]]
    for sentence in page.all("#reply .sentence"):
        assert governed(segments, shown_mix(sentence.get_attribute("aria-label")))


def test_the_prompt_as_it_is_routed(page, http):
    page.write(PROMPTS[0])
    route = http.post("/fusebox/v1/route", json={"prompt": PROMPTS[0]}).json()
    spans = page.all("#mirror .sentence")
    assert [span.text for span in spans] == [sentence["text"] for sentence in route["sentences"]]
    for span, sentence in zip(spans, route["sentences"]):
        probabilities = [100 * candidate["probability"] for candidate in sentence["candidates"]
                         if candidate["name"] != "base" and candidate["probability"] >= 0.01]
        assert shown_bar(page, span) == pytest.approx(probabilities, abs=0.01)
    for share in route["mix"]:
        assert f"{share['name']} {share['weight']:g}" in page.text("#prompt-mix")


def test_a_mix_of_ones_own(page, http):
    page.write(PROMPTS[0])
    page.choose("mix")
    before = page.script("return mixer.map((share) => [share.name, share.weight])")
    route = http.post("/fusebox/v1/route", json={"prompt": PROMPTS[0]}).json()
    assert before == [[share["name"], share["weight"]] for share in route["mix"]]
    slider = page.find("#shares input")
    slider.send_keys(Keys.ARROW_RIGHT)
    after = page.script("return mixer.map((share) => share.weight)")
    assert after == [before[0][1] + 0.0625, *(weight for _, weight in before[1:])]
    # The picture follows at once, without the service.
    whole = max(1, sum(after))
    assert shown_bar(page, page.find("#mixer-bar")) == pytest.approx([100 * weight / whole for weight in after], abs=0.01)
    page.option("add-share", "books")
    page.answer()
    segments = json.loads(page.script("return recipes.replay()"))["segments"]
    assert {share["name"]: share["weight"] for share in segments[0]["mix"]} == {
        **{name: weight for (name, _), weight in zip(before, after)}, "books": 1}
    page.find("[aria-label='Remove books']").click()
    page.choose("base")
    page.answer()
    assert shown_mix(page.find("#reply .sentence").get_attribute("aria-label")) == {}
    page.choose("auto")


def test_the_base_beside_it(page):
    page.write("Write a cheerful review of a hotel.")
    page.find("#compare").click()
    page.answer()
    assert json.loads(page.script("return JSON.stringify(baseReply.provenance.segments)"))[0]["mix"] == []
    assert page.script("return baseReply.provenance.seed") == page.script("return reply.provenance.seed")
    page.find("#compare").click()


def test_copies_say_the_same(page, service, gateway):
    page.write("It's a \"hotel\" review: write a cheerful one & don't stop; $HOME `date`.")
    page.option("seed", "18446744073709551615")
    page.option("weighting", "sum")
    page.answer()
    text = page.text("#reply")
    tools = {
        "curl": lambda recipe: json.loads(shell(recipe))["choices"][0]["message"]["content"],
        "python": lambda recipe: subprocess.run(
            [sys.executable, "-c", recipe], capture_output=True, text=True, check=True).stdout.rsplit("\n", 2)[0],
        "ask": lambda recipe: shell(recipe.replace(
            "fusebox ask", f"{shlex.quote(FUSEBOX)} ask --connect {service.endpoint}", 1)).removesuffix("\n"),
    }
    for name, run in tools.items():
        page.find(f"[data-recipe={name}]").click()
        assert run(page.text("#recipe")) == text, name
    page.option("seed", "")
    page.option("weighting", "renormalized")


def shell(command):
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
