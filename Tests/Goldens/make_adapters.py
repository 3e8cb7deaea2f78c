"""Adapters in the forms that trainers write, and the logits that PEFT gives for them.

    python make_adapters.py OUT

The bases are those of `models`, which have to be there. `adapter_forms.py` has the forms, `adapter_gguf.py` the twins in GGUF.
"""

import argparse
import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from peft.utils.other import ModulesToSaveWrapper
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging as transformers_logging

from adapter_forms import FORMS, MIXES, TWINS, write_form
from adapter_gguf import write_twin
from model_checkpoints import write_weights
from model_nf4 import decoded

MODELS = Path(__file__).resolve().parent / "models"
LENGTHS = [5, 18]
ROWS = [[0, 0], [0, 4], [1, 9], [1, 17]]


def sequences(vocabulary: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(vocabulary)
    return [torch.randint(0, vocabulary, (length,), generator=generator).tolist() for length in LENGTHS]


def base_folder(name: str, temporary: Path) -> Path:
    """A folder that transformers reads: the golden's, or the decoded weights of a packed one."""
    if name != "llama_nf4":
        return MODELS / name
    folder = temporary / name
    if not folder.exists():
        folder.mkdir()
        config = json.loads((MODELS / name / "config.json").read_text())
        del config["quantization_config"]
        (folder / "config.json").write_text(json.dumps(config))
        write_weights(decoded(MODELS / name), folder, shards=1)
    return folder


def load(folder: Path) -> Any:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager")
    return model.double().eval()


def run(model: Any) -> torch.Tensor:
    """[rows, vocabulary], float32."""
    ids = sequences(model.config.vocab_size)
    with torch.no_grad():
        logits = [model(torch.tensor([tokens]), use_cache=False).logits[0] for tokens in ids]
    return torch.stack([logits[sequence][position] for sequence, position in ROWS]).float()


def alone(base: Path, folder: Path) -> torch.Tensor:
    return run(PeftModel.from_pretrained(load(base), folder).double().eval())


def mixed(base: Path, folders: dict[str, Path], mix: dict[str, float]) -> torch.Tensor:
    """Every module adds, for each adapter, the weight times what PEFT's own forward gives more than the base's."""
    names = list(mix)
    model = PeftModel.from_pretrained(load(base), folders[names[0]], adapter_name=names[0])
    for name in names[1:]:
        model.load_adapter(folders[name], adapter_name=name)
    model = model.double().eval()

    def add(module: Any, has: Any, only: Any, forward: Any, plain: Any) -> Any:
        def call(x: torch.Tensor) -> torch.Tensor:
            base = plain(x)
            total = base
            for name, weight in mix.items():
                if has(name):
                    only(name)
                    total = total + weight * (forward(x) - base)
            return total

        return call

    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.forward = add(
                module,
                lambda name, module=module: name in module.lora_A or name in module.lora_embedding_A,
                lambda name, module=module: setattr(module, "_active_adapter", [name]),
                module.forward, module.base_layer,
            )
        elif isinstance(module, ModulesToSaveWrapper):
            module.forward = add(
                module,
                lambda name, module=module: name in module.modules_to_save,
                lambda name, module=module: setattr(module, "_active_adapter", [name]),
                module.forward, module.original_module,
            )
    return run(model)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the adapters' goldens.")
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore")
    shutil.rmtree(out, ignore_errors=True)
    tensors: dict[str, torch.Tensor] = {}
    with tempfile.TemporaryDirectory() as temporary:
        bases = {form.base: base_folder(form.base, Path(temporary)) for form in FORMS}
        for number, form in enumerate(FORMS):
            folder = Path(temporary) / f"form-{form.name}"
            write_form(form, bases[form.base], number, folder, renames=False)
            tensors[f"form.{form.name}"] = alone(bases[form.base], folder)
            write_form(form, bases[form.base], number, out / form.name)
        for base, name, dtype in TWINS:
            write_twin(bases[base], out / name, dtype, out / f"{name}.gguf")
        for number, (base, mix) in enumerate(MIXES):
            tensors[f"mix.{number}"] = mixed(bases[base], {name: out / name for name in mix}, mix)
        for base in bases:
            tensors[f"base.{base}"] = run(load(bases[base]))
    save_file(tensors, out / "expected.safetensors")
    document = {
        "sequences": {name: sequences(load_vocabulary(name)) for name in bases},
        "rows": ROWS,
        "forms": {form.name: form.base for form in FORMS},
        "twins": {name: base for base, name, _ in TWINS},
        "mixes": [{"base": base, "weights": mix} for base, mix in MIXES],
    }
    (out / "expected.json").write_text(json.dumps(document, indent=1) + "\n")
    print(f"{sum(file.stat().st_size for file in out.rglob('*') if file.is_file()) / 1000:.0f} kB")


def load_vocabulary(name: str) -> int:
    return json.loads((MODELS / name / "config.json").read_text())["vocab_size"]


if __name__ == "__main__":
    main()
