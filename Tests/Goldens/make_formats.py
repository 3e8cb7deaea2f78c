"""Reference values of the storage formats, from gguf-py, bitsandbytes and safetensors.

Usage: python make_formats.py OUTPUT_FOLDER

blocks.safetensors   per block type "<type>.blocks" (u8 [rows, bytes]) and "<type>.values" (f32 [rows, columns])
half.safetensors     "values" (f32), the bytes of its "f16" and "bf16"
quantize.safetensors "values.<columns>" (f32) and what gguf-py makes of them, "<type>.<columns>" (u8)
types.gguf           a file of gguf-py with metadata of every kind and tensors of every type
nf4.safetensors      a bitsandbytes checkpoint, double-quantized ("nested", "nested_odd") and not ("plain", "odd")
nf4_large.safetensors    of 4 million computed values: the SHA-256 of the packed codes in the metadata, the scale codes
nf4_values.safetensors   what was quantized ("<name>.source") and its dequantized values ("<name>.values")
"""

import hashlib
import pathlib
import sys

import bitsandbytes.functional as bnb
import gguf
import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

random = np.random.default_rng(20260521)
Type = gguf.GGMLQuantizationType
BLOCK_TYPES = [Type.Q8_0, Type.Q4_0, Type.Q5_0, Type.Q4_K, Type.Q5_K, Type.Q6_K]
# Byte offsets of the half-precision scales in a block.
SCALES = {Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208]}


def finite_halves(count: int) -> np.ndarray:
    """Random bit patterns of finite halves; the first are the extremes and the subnormals."""
    patterns = random.integers(0, 0x10000, count).astype(np.uint16)
    patterns = np.where(patterns & 0x7C00 == 0x7C00, patterns & 0xBFFF, patterns)
    extremes = np.array([0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x0400, 0x7BFF, 0xFBFF], np.uint16)
    patterns[: len(extremes)] = extremes[:count]
    return patterns


def make_blocks(type: gguf.GGMLQuantizationType, block_count: int) -> np.ndarray:
    """Random blocks with finite scales: u8 (blocks, bytes)."""
    _, size = GGML_QUANT_SIZES[type]
    blocks = random.integers(0, 256, (block_count, size)).astype(np.uint8)
    for offset in SCALES.get(type, [0]):
        blocks[:, offset : offset + 2] = finite_halves(block_count).view(np.uint8).reshape(-1, 2)
    return blocks


def make_block_goldens(folder: pathlib.Path) -> None:
    tensors = {}
    for type in BLOCK_TYPES:
        elements, size = GGML_QUANT_SIZES[type]
        per_row = 2 if elements == 256 else 3
        blocks = make_blocks(type, 12 if elements == 256 else 24).reshape(-1, per_row * size)
        name = type.name.lower().replace("_k", "_K")
        tensors[f"{name}.blocks"] = blocks
        tensors[f"{name}.values"] = dequantize(blocks, type)
    save_file(tensors, folder / "blocks.safetensors")


def make_half_goldens(folder: pathlib.Path) -> None:
    patterns = random.integers(0, 1 << 32, 2048).astype(np.uint32)
    patterns = np.where(patterns & 0x7F800000 == 0x7F800000, patterns & 0xBFFFFFFF, patterns).astype(np.uint32)
    # Around the range of binary16, where rounding, subnormals and overflow happen.
    near = (random.standard_normal(2048) * 10.0 ** random.integers(-9, 6, 2048)).astype(np.float32)
    halves = finite_halves(512)
    middle = halves.view(np.float16).astype(np.float32)
    step = (halves + np.uint16(1)).view(np.float16).astype(np.float32)
    ties = np.nan_to_num((middle + step) / 2, posinf=65519.996, neginf=-65519.996).astype(np.float32)
    bf16_ties = ((patterns[:512] & np.uint32(0xFFFF0000)) | np.uint32(0x8000)).view(np.float32)
    values = np.concatenate([patterns.view(np.float32), near, ties, bf16_ties, [np.inf, -np.inf, 65504, 65520]])
    values = values.astype(np.float32)
    with np.errstate(over="ignore"):
        save_file(
            {
                "values": values,
                "f16": values.astype(np.float16).view(np.uint8),
                "bf16": quantize(values.reshape(1, -1), Type.BF16).reshape(-1),
            },
            folder / "half.safetensors",
        )


def make_quantize_goldens(folder: pathlib.Path) -> None:
    tensors = {}
    for columns in (32, 64, 256, 512):
        values = (random.standard_normal((12, columns)) * 0.02).astype(np.float32)
        values[0] = 0
        values[1] *= np.float32(1e-38)  # scales that are subnormal in single precision
        values[2] *= np.float32(1e-5)  # scales that are subnormal in half precision
        values[3] *= np.float32(1e6)
        values[4] = np.round(values[4] * 1000) / 8  # ties
        values[5] = np.where(np.arange(columns) % 2 == 0, 0.5, -0.5)  # equal magnitudes
        values[6, 1:] = 0
        values[7] = np.linspace(-127.5, 127, columns)
        values[8] *= np.float32(1e-30)
        tensors[f"values.{columns}"] = values
        with np.errstate(all="ignore"):
            tensors[f"q8_0.{columns}"] = quantize(values, Type.Q8_0)
            tensors[f"q4_0.{columns}"] = quantize(values, Type.Q4_0)
    save_file(tensors, folder / "quantize.safetensors")


def make_gguf(folder: pathlib.Path) -> None:
    writer = gguf.GGUFWriter(folder / "types.gguf", "llama")
    writer.add_uint8("test.uint8", 200)
    writer.add_int8("test.int8", -100)
    writer.add_uint16("test.uint16", 60000)
    writer.add_int16("test.int16", -30000)
    writer.add_uint32("test.uint32", 4000000000)
    writer.add_int32("test.int32", -2000000000)
    writer.add_uint64("test.uint64", 1 << 63)
    writer.add_int64("test.int64", -(1 << 62))
    writer.add_float32("test.float32", 0.1)
    writer.add_float64("test.float64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "Grüße, 世界 🌍")
    writer.add_array("test.strings", ["", "a", "▁the", "\n"])
    writer.add_array("test.ints", [1, -2, 3])
    writer.add_array("test.floats", [0.5, -1.25])
    writer.add_array("test.bools", [True, False])
    writer.add_array("test.nested", [[1, 2], [3]])
    for type in BLOCK_TYPES:
        elements, size = GGML_QUANT_SIZES[type]
        blocks = make_blocks(type, 6).reshape(3, 2 * size)
        writer.add_tensor(f"blk.{type.name}", blocks, raw_dtype=type)
    values = random.standard_normal((3, 5)).astype(np.float32)
    writer.add_tensor("f32", values)
    writer.add_tensor("f16", values.astype(np.float16))
    writer.add_tensor("bf16", quantize(values, Type.BF16), raw_dtype=Type.BF16)
    writer.add_tensor("i32", np.arange(6, dtype=np.int32).reshape(2, 3))
    writer.add_tensor("vector", np.arange(7, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_nf4_goldens(folder: pathlib.Path) -> None:
    torch.manual_seed(7)
    stored, expected = {}, {}
    for name, shape, nested in [
        ("nested", (48, 192), True),
        ("plain", (32, 64), False),
        ("odd", (7, 18), False),
        ("nested_odd", (33, 514), True),
    ]:
        values = torch.randn(shape) * 0.03
        values[0] = 0
        values[1] *= 1e-4
        values[2] *= 300
        values[3, :16] *= 1e-36
        packed, state = bnb.quantize_4bit(values, blocksize=64, compress_statistics=nested, quant_type="nf4")
        stored[f"{name}.weight"] = packed
        for key, tensor in state.as_dict(packed=True).items():
            stored[f"{name}.weight.{key}"] = tensor
        expected[f"{name}.source"] = values
        expected[f"{name}.values"] = bnb.dequantize_4bit(packed, state)
    save_torch(stored, folder / "nf4.safetensors")
    save_torch(expected, folder / "nf4_values.safetensors")


def computed_values(count: int) -> np.ndarray:
    """Bell-shaped values that any language computes alike: sums of hashes, times a scale per 64."""
    index = np.arange(count, dtype=np.uint64)
    total = np.zeros(count, dtype=np.int64)
    for term in range(4):
        total += (hashed(index * np.uint64(4) + np.uint64(term)) & np.uint64(0xFFFF)).astype(np.int64)
    bell = (total - 131070).astype(np.float32) / np.float32(1 << 17)
    scale = (hashed((index // np.uint64(64)) ^ np.uint64(0x5CA1E)) & np.uint64(0xFF)).astype(np.float32)
    return bell * (scale + np.float32(64))


def hashed(value: np.ndarray) -> np.ndarray:
    """The finalizer of SplitMix64."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def make_large_nf4_golden(folder: pathlib.Path) -> None:
    values = torch.from_numpy(computed_values(1 << 22).reshape(2048, 2048))
    packed, state = bnb.quantize_4bit(values, blocksize=64, compress_statistics=True, quant_type="nf4")
    digest = hashlib.sha256(packed.numpy().tobytes()).hexdigest()
    save_torch(
        {"scale_codes": state.absmax, "nested_absmax": state.state2.absmax, "offset": state.offset.reshape(1)},
        folder / "nf4_large.safetensors",
        metadata={"packed": digest},
    )


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    make_block_goldens(folder)
    make_half_goldens(folder)
    make_quantize_goldens(folder)
    make_gguf(folder)
    make_nf4_goldens(folder)
    make_large_nf4_golden(folder)


main()
