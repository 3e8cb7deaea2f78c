"""langchain-tests' standard tests of chat models: all but tools and media."""

import pytest
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests


class TestGateway(ChatModelIntegrationTests):
    @pytest.fixture(autouse=True)
    def _address(self, gateway):
        type(self).url = gateway.url + "/v1"

    @property
    def chat_model_class(self):
        return ChatOpenAI

    @property
    def chat_model_params(self):
        return {"model": "base", "base_url": self.url, "api_key": "none", "max_tokens": 32, "stream_usage": True}

    @property
    def has_tool_calling(self):
        return False

    @property
    def has_structured_output(self):
        return False

    @property
    def supports_json_mode(self):
        return False

    @property
    def supports_image_inputs(self):
        return False

    @property
    def model_override_value(self):
        return "hotels"

    @property
    def returns_usage_metadata(self):
        return True
