# The program: optimized, with the Swift runtime inside it and without line numbers, which take a tenth of the time.
PROGRAM_FLAGS := -c release --static-swift-stdlib -debug-info-format none
BINARY := .build/release/fusebox
GATEWAY := Gateway/.build/release/fusebox-http
# Tests see internal names, which takes a build of its own; apart, neither undoes the other.
TEST_FLAGS := -c release -Xswiftc -enable-testing --scratch-path .build-tests
TESTED_BINARY := .build-tests/release/fusebox
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT_SOURCES := Package.swift Sources Benchmarks Tests Fuzzing/Package.swift Fuzzing/Sources Gateway/Package.swift Gateway/Sources \
	Gateway/Tests
PYTHON ?= python3

.PHONY: all demo real-demo install gateway gateway-test gateway-acceptance test test-kernel-sets test-python docs docs-test lint format bench goldens protos libraries

all: $(BINARY)

# The main job on the embedded demo: a front, two workers, the router, a few prompts.
demo: build
	$(BINARY) demo

# The same with a published model, fetched once, and adapters that were trained for it; MODEL=path takes another file of it.
real-demo: build
	@model="$(MODEL)" && [ -n "$$model" ] || model=$$(Demo/real/fetch.sh) && $(BINARY) demo --real "$$model"

.PHONY: build $(BINARY)
build $(BINARY): libraries
	swift build $(PROGRAM_FLAGS) --product fusebox

# The program with the demo beside it, and the gateway if it is built; PREFIX=some/folder makes a folder that can be moved.
install: build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/fusebox
	if [ -x $(GATEWAY) ]; then install -m 755 $(GATEWAY) $(DESTDIR)$(PREFIX)/bin/fusebox-http; fi
	mkdir -p $(DESTDIR)$(PREFIX)/share/fusebox/Demo/real
	cp -r Demo/base Demo/adapters Demo/suites $(DESTDIR)$(PREFIX)/share/fusebox/Demo
	cp -r Demo/real/shelf Demo/real/router Demo/real/fetch.sh Demo/real/suite Demo/real/suite.json $(DESTDIR)$(PREFIX)/share/fusebox/Demo/real
	cp -r Router $(DESTDIR)$(PREFIX)/share/fusebox

# What the tests need and no more: a build of everything compiles the programs of the dependencies too, protoc among them.
.PHONY: tests
tests: libraries
	for product in fusebox FrontBench fuseboxPackageTests; do swift build $(TEST_FLAGS) --product $$product || exit 1; done

test: tests
	swift test --skip-build $(TEST_FLAGS)

# The engine's tests on the kernel sets that the best one hides.
test-kernel-sets: tests
	FUSEBOX_KERNELS=avx2 swift test --skip-build $(TEST_FLAGS) --filter InferenceTests
	FUSEBOX_KERNELS=scalar swift test --skip-build $(TEST_FLAGS) --filter InferenceTests

# A night of simulated fronts, workers, clients, disks and clocks: SIMULATIONS runs of some nine requests each.
SIMULATIONS ?= 115000
.PHONY: simulate
simulate: tests
	FUSEBOX_SIMULATIONS=$(SIMULATIONS) swift test --skip-build $(TEST_FLAGS) --filter promisesHoldAllNight

# The Python client and the fault benchmarks: types, and the client against the built program.
test-python: libraries
	swift build $(TEST_FLAGS) --product fusebox
	$(PYTHON) -m venv .venv-client
	.venv-client/bin/pip install -q -e 'Clients/python[test]'
	cd Clients/python && ../../.venv-client/bin/mypy src tests ../../Benchmarks/faults && \
	    FUSEBOX=$(abspath $(TESTED_BINARY)) ../../.venv-client/bin/pytest -q tests ../../Benchmarks/faults

# OpenAI's API in front of a service, for `fusebox serve --http`; a package of its own, whose first build takes minutes.
gateway: libraries
	swift build --package-path Gateway -c release --product fusebox-http

gateway-test: libraries
	for product in fusebox-http fusebox-gatewayPackageTests; do swift build --package-path Gateway -c release --product $$product || exit 1; done
	swift test --package-path Gateway -c release --skip-build

# The built gateway in front of the built service, as clients of OpenAI's API, hostile ones and a browser see it.
gateway-acceptance: gateway build
	$(PYTHON) -m venv .venv-gateway
	.venv-gateway/bin/pip install -q -r Gateway/acceptance/requirements.txt
	cd Gateway/acceptance && FUSEBOX=$(abspath $(BINARY)) ../../.venv-gateway/bin/pytest
	$(PYTHON) -m venv .venv-gateway-openai-2
	.venv-gateway-openai-2/bin/pip install -q -r Gateway/acceptance/requirements-openai-2.txt
	cd Gateway/acceptance && FUSEBOX=$(abspath $(BINARY)) ../../.venv-gateway-openai-2/bin/pytest \
	    test_openai.py test_scores.py test_selection.py test_langchain.py test_litellm.py

# The pages of Docs/reference, from the product.
docs: gateway build
	$(PYTHON) Docs/generate.py $(BINARY) $(GATEWAY)

# That they are what the product says, and that every console block of Docs runs; what a block needs and is missing is said.
docs-test: gateway build
	$(PYTHON) Docs/generate.py --check $(BINARY) $(GATEWAY)
	$(PYTHON) Docs/test.py $(BINARY)

lint:
	swift format lint --strict --recursive $(SWIFT_SOURCES)

format:
	swift format --in-place --recursive $(SWIFT_SOURCES)

# Measures prefill and decode of the demo's base, with and without adapters, in a minute.
bench: build
	Benchmarks/run $(BINARY)

# Reference values for the tests, made by PyTorch and friends (see Tests/Goldens/README.md).
goldens:
	$(PYTHON) Tests/Goldens/generate.py

# Swift and Python code for the messages in Protos.
protos:
	Protos/generate.sh

# The three system libraries, installed when they are missing.
libraries:
	@pkg-config --exists libzmq openblas sqlite3 || { \
	    echo "installing libzmq3-dev, libopenblas-dev and libsqlite3-dev"; \
	    SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends libzmq3-dev libopenblas-dev \
	        libsqlite3-dev pkg-config; }
