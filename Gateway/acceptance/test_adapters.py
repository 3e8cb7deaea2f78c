"""Adapters that change while requests run, over HTTP."""

import shutil
import subprocess
import threading

import httpx
import pytest

from service import FUSEBOX, ROOT, Service
from streams import HOTEL

SHELF = "/fusebox/v1/adapters"
ADAPTERS = ROOT / "Demo/adapters"
CHANGES = [
    ("POST", SHELF), ("PUT", f"{SHELF}/hotels"), ("DELETE", f"{SHELF}/hotels"), ("POST", f"{SHELF}/hotels/rollback"),
    ("POST", f"{SHELF}/hotels/canary"), ("POST", f"{SHELF}/hotels/promote"), ("POST", f"{SHELF}/rescan"),
    ("POST", "/v1/load_lora_adapter"), ("POST", "/v1/unload_lora_adapter")]


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    """A service whose shelf changes."""
    folder = tmp_path_factory.mktemp("shelf")
    shutil.copytree(ADAPTERS / "hotels", folder / "shelf/hotels")
    service = Service(arguments=["--adapters", str(folder / "shelf"), "--state", str(folder / "state")])
    service.shelf = folder / "shelf"
    yield service
    service.stop()


@pytest.fixture(scope="module")
def shelf(changing):
    gateway = changing.gateway("--allow-adapter-changes")
    with httpx.Client(base_url=gateway.url, timeout=60) as client:
        yield client
    gateway.stop()


def done(response):
    assert response.status_code == 200, response.text
    return response.json()


def refusal(response, status, code, param=None):
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["param"]) == (status, code, param), response.text
    return error["message"]


def answer(shelf, model):
    """The text, and the digest of what made it."""
    body = {"model": model, "messages": HOTEL, "max_tokens": 24, "seed": 1}
    choice = done(shelf.post("/v1/chat/completions", json=body))
    (share,) = choice["fusebox"]["choices"][0]["routes"][0]["mix"]
    return choice["choices"][0]["message"]["content"], share["adapter"]


def test_a_name_changes_what_it_stands_for(shelf):
    added = done(shelf.post(SHELF, json={"name": "films", "path": f"{ADAPTERS}/movies"}))
    assert added.keys() == {"revision", "warnings", "refused"}
    movies = answer(shelf, "films")
    replaced = done(shelf.put(f"{SHELF}/films", json={"path": f"{ADAPTERS}/books"}))
    assert replaced["revision"] > added["revision"] and answer(shelf, "films")[1] != movies[1]
    done(shelf.post(f"{SHELF}/films/rollback"))
    assert answer(shelf, "films") == movies
    done(shelf.post(f"{SHELF}/films/canary", json={"path": f"{ADAPTERS}/phones", "share": 0.5}))
    for number in range(8):
        body = {"model": "films", "prompt": f"Film {number}.", "max_tokens": 4}
        done(shelf.post("/v1/completions", json=body))
    films = done(shelf.get(f"{SHELF}/films"))
    states = {generation["state"]: generation for generation in films["generations"]}
    assert states["canary"]["share"] == 0.5 and films["generation"] == states["serving"]["number"] == 1
    assert states["canary"]["requests"] + states["serving"]["requests"] >= 8
    done(shelf.post(f"{SHELF}/films/promote", json={}))
    assert answer(shelf, "films")[1] == states["canary"]["digest"]
    listed = done(shelf.get(SHELF))
    assert [adapter["name"] for adapter in listed["adapters"]] == ["films", "hotels"]
    done(shelf.delete(f"{SHELF}/films"))
    assert done(shelf.get(SHELF))["revision"] > listed["revision"]
    refusal(shelf.post("/v1/chat/completions", json={"model": "films", "messages": HOTEL}), 404, "not_found", "model")
    refusal(shelf.get(f"{SHELF}/films"), 404, "not_found", "name")
    done(shelf.post(f"{SHELF}/films/rollback", json={"generation": 1}))
    assert answer(shelf, "films") == movies
    done(shelf.delete(f"{SHELF}/films"))


def test_what_changed_elsewhere_is_known_at_once(changing, shelf):
    def change(*arguments):
        subprocess.run([FUSEBOX, "adapters", *arguments, "--connect", changing.endpoint], check=True)

    for path in ("/v1/models/poems", f"{SHELF}/poems"):
        change("add", "poems", ADAPTERS / "movies")
        done(shelf.get(path))
        change("remove", "poems")
        done(shelf.get(SHELF))
    change("add", "poems", ADAPTERS / "movies")
    assert answer(shelf, "poems")[1]
    done(shelf.delete(f"{SHELF}/poems"))


def test_the_folder_is_looked_at_again(changing, shelf):
    shutil.copytree(ADAPTERS / "books", changing.shelf / "books")
    (changing.shelf / "odd").mkdir()
    (changing.shelf / "odd/adapter_config.json").write_text("{}")
    rescanned = done(shelf.post(f"{SHELF}/rescan"))
    assert [adapter["name"] for adapter in rescanned["refused"]] == ["odd"]
    assert answer(shelf, "books")[1]
    for name in ("books", "odd"):
        shutil.rmtree(changing.shelf / name)
    assert done(shelf.post(f"{SHELF}/rescan", json={}))["refused"] == []
    refusal(shelf.get(f"{SHELF}/books"), 404, "not_found", "name")


def test_a_key_names_a_change(shelf):
    key = {"idempotency-key": "films, once"}
    body = {"name": "films", "path": f"{ADAPTERS}/movies"}
    added = done(shelf.post(SHELF, json=body, headers=key))
    assert done(shelf.post(SHELF, json=body, headers=key)) == added
    refusal(shelf.post(SHELF, json=body), 400, "already_exists")
    refusal(shelf.delete(f"{SHELF}/films", headers=key), 400, "already_exists")
    assert done(shelf.get(SHELF))["revision"] == added["revision"]
    assert done(shelf.delete(f"{SHELF}/films"))["revision"] > added["revision"]


def test_who_goes_away_finds_the_answer_by_its_key(changing, shelf):
    body, key = {"name": "films", "path": f"{ADAPTERS}/movies"}, {"idempotency-key": "impatient"}
    with httpx.Client(base_url=shelf.base_url, timeout=0.05) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post(SHELF, json=body, headers=key)
    added = done(shelf.post(SHELF, json=body, headers=key))
    assert done(shelf.get(SHELF))["revision"] == added["revision"]
    done(shelf.delete(f"{SHELF}/films"))


def test_replies_keep_what_they_began_with(shelf):
    before = answer(shelf, "hotels")
    stop, wrong = threading.Event(), []

    def ask():
        while not stop.is_set():
            text, digest = answer(shelf, "hotels")
            if digest == before[1] and text != before[0]:
                wrong.append(text)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(5):
            done(shelf.put(f"{SHELF}/hotels", json={"path": f"{ADAPTERS}/restaurants"}))
            done(shelf.post(f"{SHELF}/hotels/rollback"))
    finally:
        stop.set()
        thread.join()
    assert not wrong and answer(shelf, "hotels") == before


def test_what_cannot_be_is_refused_and_changes_nothing(shelf, tmp_path):
    before = done(shelf.get(SHELF))["revision"]
    cut = shutil.copytree(ADAPTERS / "movies", tmp_path / "cut")
    weights = cut / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    movies = str(ADAPTERS / "movies")
    for method, path, body, status, code, param in [
        ("POST", SHELF, {"name": "hotels", "path": movies}, 400, "already_exists", None),
        ("POST", SHELF, {"name": "a/b", "path": movies}, 400, "invalid_argument", None),
        ("POST", SHELF, {"name": "x", "path": str(tmp_path / "nowhere")}, 400, "invalid_argument", None),
        ("POST", SHELF, {"name": "x", "path": str(cut)}, 400, "invalid_argument", None),
        ("POST", SHELF, {"name": "x", "path": "Demo/adapters/movies"}, 400, "invalid_argument", "path"),
        ("POST", SHELF, {"name": "x", "path": "/" + 5000 * "x"}, 400, "invalid_argument", None),
        ("POST", SHELF, {"name": "x", "path": movies, "example": "/rows"}, 400, "invalid_argument", "example"),
        ("PUT", f"{SHELF}/nobody", {"path": movies}, 404, "not_found", None),
        ("PUT", f"{SHELF}/%ff", {"path": movies}, 400, "invalid_argument", "name"),
        ("DELETE", f"{SHELF}/nobody", None, 404, "not_found", None),
        ("POST", f"{SHELF}/hotels/promote", None, 400, "invalid_argument", None),
        ("POST", f"{SHELF}/hotels/rollback", {"generation": 99}, 404, "not_found", None),
        ("POST", f"{SHELF}/hotels/canary", {"path": movies, "share": 1}, 400, "invalid_argument", "share"),
    ]:
        assert refusal(shelf.request(method, path, json=body), status, code, param)
    assert done(shelf.get(SHELF))["revision"] == before


def test_words_of_vllm(shelf):
    def load(**body):
        return shelf.post("/v1/load_lora_adapter", json={"lora_name": "sql", **body})

    response = load(lora_path=f"{ADAPTERS}/movies")
    assert response.text == "Success: LoRA adapter 'sql' added successfully."
    assert response.headers["content-type"].startswith("text/plain")
    movies = answer(shelf, "sql")[1]
    refusal(load(lora_path=f"{ADAPTERS}/books"), 400, "already_exists")
    assert load(lora_path=f"{ADAPTERS}/books", load_inplace=True).status_code == 200 and answer(shelf, "sql")[1] != movies
    refusal(load(), 400, "invalid_argument", "lora_path")
    response = shelf.post("/v1/unload_lora_adapter", json={"lora_name": "sql"})
    assert response.text == "Success: LoRA adapter 'sql' removed successfully."
    refusal(shelf.post("/v1/unload_lora_adapter", json={"lora_name": "sql"}), 404, "not_found")


def test_what_pages_may_not_do(shelf):
    for method, path in CHANGES:
        foreign = shelf.request(method, path, headers={"origin": "http://evil.example"})
        assert refusal(foreign, 403, "forbidden")
        rebound = shelf.request(method, path, headers={"host": "evil.example"})
        assert refusal(rebound, 403, "forbidden")
        if method != "DELETE":
            plain = shelf.request(method, path, content="{}", headers={"content-type": "text/plain"})
            assert refusal(plain, 415, "unsupported_media_type")


def test_changes_are_to_be_allowed(http):
    for method, path in CHANGES:
        assert "--allow-adapter-changes" in refusal(http.request(method, path, json={}), 403, "forbidden")
    listed = done(http.get(SHELF))
    assert listed["revision"] == 0 and len(listed["adapters"]) == 20
    assert done(http.get(f"{SHELF}/hotels"))["generation"] == 0


def test_a_shelf_without_state_says_so(service):
    gateway = service.gateway("--allow-adapter-changes", name="stateless")
    try:
        assert "--state" in refusal(httpx.delete(f"{gateway.url}{SHELF}/hotels"), 400, "invalid_argument")
    finally:
        gateway.stop()
