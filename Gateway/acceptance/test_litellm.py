"""LiteLLM against the gateway."""

import litellm

from streams import HOTEL


def options(gateway, **fields):
    return {"model": "openai/auto", "api_base": gateway.url + "/v1", "api_key": "none", "messages": HOTEL,
            "max_tokens": 16, **fields}


def test_completion(gateway):
    assert litellm.completion(**options(gateway)).choices[0].message.content


def test_stream(gateway):
    chunks = list(litellm.completion(**options(gateway, stream=True)))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


async def test_asynchronous(gateway):
    text = ""
    async for chunk in await litellm.acompletion(**options(gateway, stream=True)):
        text += chunk.choices[0].delta.content or ""
    assert text


def test_text_completion(gateway):
    reply = litellm.text_completion(
        model="text-completion-openai/base", prompt="The hotel is", api_base=gateway.url + "/v1", api_key="none",
        max_tokens=5)
    assert reply.choices[0].text
