"""What Python makes of times in formats of strftime, as chat templates get them from transformers.

    python make_times.py OUTPUT_FOLDER

formats.json  {"formats": [format, ...], "cases": [[[year, month, day, hour, minute, second, microsecond], [text, ...]], ...]}; needs Linux,
              whose C library writes what Python does not.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

DIRECTIVES = "aAbBcCdDeFfgGhHIjklmMnpPrRStTuUVwWxXyYzZ%QN"
FLAGS = "-_0^"
FLAGGED = "aAbBCdegGHIjklmMpSuUVwWyY"
FORMATS = [
    *(f"%{d}" for d in DIRECTIVES), *(f"%{f}{d}" for f in FLAGS for d in FLAGGED), "%", "%-", "a%%d", "%d %B %Y", "%A, %-d %b %Y at %H:%M:%S",
    "Today: é %Y-%m-%d \u6c34", "%Q %-Q",
]
TIMES = [
    (2025, 3, 7, 9, 5, 2, 40), (2024, 12, 31, 0, 7, 0, 999999), (2000, 1, 2, 13, 0, 59, 0), (2021, 1, 1, 12, 0, 0, 1), (2021, 1, 3, 23, 59, 59, 5),
    (2020, 12, 31, 1, 1, 1, 1), (2018, 12, 31, 11, 59, 0, 0), (2016, 2, 29, 0, 0, 0, 0), (2026, 11, 30, 14, 30, 0, 123456), (2027, 1, 3, 20, 0, 0, 0),
    (1999, 12, 31, 10, 10, 10, 10), (2032, 12, 27, 10, 0, 0, 0), (2009, 12, 28, 6, 6, 6, 6), (2010, 1, 3, 6, 6, 6, 6), (2005, 1, 2, 0, 0, 0, 0), (2100, 3, 1, 12, 12, 12, 12),
]


def main() -> None:
    cases = [[time, [datetime(*time).strftime(format) for format in FORMATS]] for time in TIMES]
    text = json.dumps({"formats": FORMATS, "cases": cases}, separators=(",", ":"))
    Path(sys.argv[1], "formats.json").write_text(text + "\n")


main()
