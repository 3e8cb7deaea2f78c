"""Every way to say which adapters answer."""

import pytest

from streams import HOTEL, events


def mix(http, **fields):
    body = {"messages": HOTEL, "max_tokens": 2, **fields}
    response = http.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    route = response.json()["fusebox"]["choices"][0]["routes"][0]
    return {share["name"]: share["weight"] for share in route["mix"]}, route["reason"]


@pytest.mark.parametrize("fields", [
    {"model": "hotels=0.5,positive=1"},
    {"model": "base:hotels=0.5,positive=1"},
    {"fusebox": {"select": "hotels=0.5,positive"}},
    {"fusebox": {"select": {"hotels": 0.5, "positive": 1}}},
    {"model": "base", "lora": [{"id": "hotels", "scale": 0.5}, {"id": "positive", "scale": 1}]},
    {"merged_adapters": {"ids": ["hotels", "positive"], "weights": [0.5, 1]}},
])
def test_mixes(http, fields):
    assert mix(http, **fields) == ({"hotels": 0.5, "positive": 1}, "requested")


def test_auto(http):
    assert mix(http, model="auto")[1] == "routed"
    assert set(mix(http, model="helpdesk")[0]) <= {"hotels", "restaurants"}
    assert mix(http, model="base") == ({}, "requested")
    top, _ = mix(http, model="auto", fusebox={"weighting": "top1"})
    assert len(top) == 1


def test_numbers_of_adapters(http):
    names = [adapter["name"] for adapter in http.get("/fusebox/v1/adapters").json()["adapters"]]
    assert mix(http, lora=[{"id": names.index("books"), "scale": 1}])[0] == {"books": 1}


def test_switches_are_told_where_they_begin(http):
    body = {"model": "auto", "messages": [{"role": "user", "content": "Write a cheerful review of a hotel."}],
            "max_tokens": 120, "temperature": 1, "seed": 3}
    chunks = events(http, "/v1/chat/completions", body)
    routes = [route for chunk in chunks for route in chunk.get("fusebox", {}).get("routes", [])]
    segments = chunks[-1]["fusebox"]["provenance"][0]["segments"]
    assert [(route["from_token"], route["mix"]) for route in routes] == [
        (segment["from_token"], segment["mix"]) for segment in segments]


def test_route(http):
    route = http.post("/fusebox/v1/route", json={"prompt": HOTEL[0]["content"]}).json()
    assert route["reason"] == "routed" and route["sentences"][0]["candidates"][0]["name"] == "hotels"
    assert route == http.post("/fusebox/v1/route", json={"messages": HOTEL, "model": "auto"}).json()
    wide = http.post("/fusebox/v1/route", json={"prompt": "Hi.", "fusebox": {"select": "hotels=0.25"}}).json()
    assert wide["mix"][0]["weight"] == 0.25
