"""Makes every golden again: runs each make_<topic>.py beside this file into the folder <topic>.

    python generate.py [TOPIC ...]
"""

import subprocess
import sys
from pathlib import Path


def main() -> None:
    here = Path(__file__).resolve().parent
    topics = {script.stem.removeprefix("make_"): script for script in sorted(here.glob("make_*.py"))}
    chosen = sys.argv[1:] or list(topics)
    unknown = [topic for topic in chosen if topic not in topics]
    if unknown:
        raise SystemExit(f"no such topic: {', '.join(unknown)}; there are {', '.join(topics)}")
    for topic in chosen:
        print(f"-- {topic}", flush=True)
        subprocess.run([sys.executable, topics[topic], here / topic], check=True)


if __name__ == "__main__":
    main()
