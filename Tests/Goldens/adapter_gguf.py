"""Twins of adapters in GGUF, as llama.cpp's convert_lora_to_gguf.py writes them: names, permuted rows and a transposed A."""

import json
from pathlib import Path

import numpy as np
from gguf import GGUFType, GGUFWriter, GGMLQuantizationType as Type, Keys
from gguf.quants import quantize
from safetensors.torch import load_file
from transformers import AutoConfig

from model_gguf import gguf_name, heads_of, interleave


def write_twin(base: Path, folder: Path, dtype: str, path: Path) -> None:
    config = AutoConfig.from_pretrained(base)
    writer = GGUFWriter(path, config.model_type)
    writer.add_type(GGUFType.ADAPTER)
    writer.add_string(Keys.Adapter.TYPE, "lora")
    writer.add_float32(Keys.Adapter.LORA_ALPHA, json.loads((folder / "adapter_config.json").read_text())["lora_alpha"])
    for key, tensor in load_file(folder / "adapter_model.safetensors").items():
        if "lora_" not in key:
            continue
        module, _, factor = key.removeprefix("base_model.model.").removesuffix(".weight").rpartition(".")
        name = gguf_name(f"{module}.weight")
        value = tensor.float().numpy()
        heads = heads_of(f"{module}.weight", config)
        if factor == "lora_B" and heads:
            value = interleave(value, heads)
        if factor == "lora_embedding_A":
            value = value.T
        kind = Type[dtype]
        writer.add_tensor(f"{name}.lora_{factor[-1].lower()}", quantize(np.ascontiguousarray(value), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
