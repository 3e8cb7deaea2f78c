import importlib.metadata

import httpx
import openai
import pytest

from service import Service


def pytest_addoption(parser):
    parser.addoption("--minutes", type=float, default=0.5, help="How long the page's heap is watched.")
    parser.addoption("--stall", type=float, default=5, help="Seconds for which a reader stops beside others.")


def pytest_terminal_summary(terminalreporter):
    """Which clients it was that were served."""
    versions = []
    for name in ("openai", "litellm", "langchain-openai", "langchain-tests", "lm-eval", "schemathesis", "httpx"):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    terminalreporter.write_line(", ".join(versions))


@pytest.fixture
def minutes(request):
    return request.config.getoption("--minutes")


@pytest.fixture
def stall(request):
    return request.config.getoption("--stall")


@pytest.fixture(scope="session")
def service():
    service = Service()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def gateway(service, tmp_path_factory):
    configuration = tmp_path_factory.mktemp("configuration") / "gateway.json"
    configuration.write_text('{"aliases": {"helpdesk": "auto:hotels,restaurants"}}')
    gateway = service.gateway("--config", str(configuration))
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def http(gateway):
    with httpx.Client(base_url=gateway.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def client(gateway):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key="none", max_retries=0, timeout=60)


@pytest.fixture
def asynchronous(gateway):
    return openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key="none", max_retries=0, timeout=60)
