"""What gguf-py makes of random blocks of every type that it dequantizes.

Usage: python make_blocks.py OUTPUT_FOLDER

types.json   {type: {"number", "elements", "bytes", "sha256"}}: the SHA-256 of the values, little-endian float32, of 2,000 blocks.
             Their bytes are those of SplitMix64 numbers with the seed `number`, but scales in half precision are finite.
"""

import hashlib
import json
import pathlib
import sys

import gguf
import numpy as np
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

BLOCKS = 2000
# Where the high bytes of half-precision scales are, if a type has any; IQ1_M has the highest bits of one there.
HIGH_BYTES = {
    "Q4_1": [1, 3], "Q5_1": [1, 3], "Q2_K": [81, 83], "Q3_K": [109], "Q4_K": [1, 3], "Q5_K": [1, 3], "Q6_K": [209],
    "IQ1_M": [55], "TQ1_0": [53], "TQ2_0": [65], "MXFP4": [], "NVFP4": [],
}


def random_bytes(seed: int, count: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, (count + 7) // 8 + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).view(np.uint8)[:count].copy()


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    types = {}
    for type in gguf.GGMLQuantizationType:
        elements, size = GGML_QUANT_SIZES[type]
        if elements == 1:
            continue
        blocks = random_bytes(type.value, BLOCKS * size).reshape(BLOCKS, size)
        for offset in HIGH_BYTES.get(type.name, [1]):
            infinite = (blocks[:, offset] & 0x7C == 0x7C) | (type.name == "IQ1_M")
            blocks[:, offset] &= np.where(infinite, 0xBF, 0xFF).astype(np.uint8)
        try:
            values = dequantize(blocks, type)
        except NotImplementedError:
            print(f"gguf-py does not dequantize {type.name}")
            continue
        digest = hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()
        name = type.name.lower().replace("_k", "_K")
        types[name] = {"number": type.value, "elements": elements, "bytes": size, "sha256": digest}
    (folder / "types.json").write_text(json.dumps(types, indent=0) + "\n")


main()
