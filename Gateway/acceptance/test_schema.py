"""Schemathesis: whatever is sent, no 5xx, and every answer as /openapi.json says."""

import pathlib
import subprocess
import sys


def test_schema(gateway):
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    result = subprocess.run(
        [program, "run", gateway.url + "/openapi.json", "--checks",
         "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method",
         "--exclude-path", "/fusebox/v1/events", "--phases", "examples,coverage,fuzzing", "--max-examples", "25",
         "--seed", "15", "--request-timeout", "30", "--no-color"],
        capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
