"""Draw decode speed against the number of different mixes in a batch: python chart.py SWEEP.json CHART.svg

SWEEP.json comes from `compare.py --different --json SWEEP.json`. Needs nothing but Python.
"""
import json
import math
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 320, 60, 40, 20, 50
ENGINES = [("fusebox", "Fusebox", "#d62728"), ("llama_cpp", "llama.cpp", "#1f77b4")]


def main() -> None:
    rows = json.loads(Path(sys.argv[1]).read_text())
    counts = [int(row["case"].split(", ")[1].split(" x ")[0]) for row in rows]
    top = max(row[key] for row in rows for key, _, _ in ENGINES) * 1.1
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(count: int) -> float:
        return LEFT + width * math.log2(count) / math.log2(counts[-1])

    def y(rate: float) -> float:
        return TOP + height * (1 - rate / top)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="22" font-size="15">Tokens/s of 32 sequences, by different mixes of two adapters among them</text>']
    step = 10 ** math.floor(math.log10(top))
    for rate in range(0, int(top) + 1, int(step)):
        parts.append(f'<line x1="{LEFT}" y1="{y(rate):.1f}" x2="{WIDTH - RIGHT}" y2="{y(rate):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(rate) + 4:.1f}" text-anchor="end">{rate}</text>')
    for count in counts:
        parts.append(f'<text x="{x(count):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{count}</text>')
    parts.append(f'<text x="{LEFT + width / 2}" y="{HEIGHT - 8}" text-anchor="middle">different mixes in the batch</text>')
    for key, name, colour in ENGINES:
        points = [(x(c), y(row[key])) for c, row in zip(counts, rows)]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{points[0][0] + 8:.1f}" y="{points[0][1] - 10:.1f}" fill="{colour}">{name}</text>')
    parts.append("</svg>")
    Path(sys.argv[2]).write_text("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
