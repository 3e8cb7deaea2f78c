# One configuration for all; the tests' build and the program's still compile the modules each for itself.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing
BINARY := .build/release/fusebox
SWIFT_SOURCES := Package.swift Sources Benchmarks Tests Fuzzing/Package.swift Fuzzing/Sources
PYTHON ?= python3

.PHONY: all demo test test-kernel-sets test-python lint format bench goldens protos libraries

all: $(BINARY)

# The main job on the embedded demo: a front, two workers, the router, a few prompts.
demo: build
	$(BINARY) demo

.PHONY: build $(BINARY)
build $(BINARY): libraries
	swift build $(SWIFT_FLAGS) --product fusebox

test: libraries
	swift test $(SWIFT_FLAGS)

# The engine's tests on the kernel sets that the best one hides.
test-kernel-sets: libraries
	FUSEBOX_KERNELS=avx2 swift test $(SWIFT_FLAGS) --filter InferenceTests
	FUSEBOX_KERNELS=scalar swift test $(SWIFT_FLAGS) --filter InferenceTests

# The Python client and the fault benchmarks: types, and the client against the built program.
test-python: $(BINARY)
	$(PYTHON) -m venv .venv-client
	.venv-client/bin/pip install -q -e 'Clients/python[test]'
	cd Clients/python && ../../.venv-client/bin/mypy src tests ../../Benchmarks/faults && \
	    FUSEBOX=$(abspath $(BINARY)) ../../.venv-client/bin/pytest -q

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

# The two system libraries, installed when they are missing.
libraries:
	@pkg-config --exists libzmq openblas || { \
	    echo "installing libzmq3-dev and libopenblas-dev"; \
	    SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	    $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends libzmq3-dev libopenblas-dev pkg-config; }
