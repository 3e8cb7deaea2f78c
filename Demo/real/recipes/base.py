"""SmolLM2-135M-Instruct from its GGUF file, for transformers: the weights as stored or rounded to NF4, the tokenizer, the chat form."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit
from gguf import GGUFReader, dequantize
from jinja2 import Template
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

NAMES = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
         "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
OUTER = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CONTROL = 3  # the token type of special tokens

Field = Callable[[str], Any]  # the metadata of a GGUF file by key


@dataclass
class Base:
    model: LlamaForCausalLM
    tokenizer: Tokenizer
    template: Template
    end: int  # <|im_end|>, which is the padding as well

    def chat(self, prompt: str) -> list[int]:
        """The ids of a conversation of one turn, up to where the reply begins."""
        text = self.template.render(messages=[{"role": "user", "content": prompt}], add_generation_prompt=True)
        return self.tokenizer.encode(text).ids


def load_base(path: str, form: str = "nf4", dtype: torch.dtype = torch.float32) -> Base:
    """`form` is nf4 or stored: what the projections are rounded to before they become `dtype`."""
    reader = GGUFReader(path)

    def field(key: str) -> Any:
        return reader.fields[key].contents()

    config = configuration(field)
    head_size = config.hidden_size // config.num_attention_heads
    weights: dict[str, torch.Tensor] = {}
    for tensor in reader.tensors:
        weight = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        if ".attn_q." in tensor.name or ".attn_k." in tensor.name:
            weight = rotary_halves(weight, head_size)
        if form == "nf4" and tensor.name.startswith("blk.") and weight.ndim == 2:
            weight = nf4_round(weight)
        weights[hugging_face_name(tensor.name)] = weight
    model = LlamaForCausalLM(config)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and missing == ["lm_head.weight"], (missing, unexpected)
    model.tie_weights()
    return Base(model.to(dtype).eval(), load_tokenizer(field), Template(field("tokenizer.chat_template")), field("tokenizer.ggml.eos_token_id"))


def configuration(field: Field) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=field("llama.vocab_size"), hidden_size=field("llama.embedding_length"), intermediate_size=field("llama.feed_forward_length"), num_hidden_layers=field("llama.block_count"),
        num_attention_heads=field("llama.attention.head_count"), num_key_value_heads=field("llama.attention.head_count_kv"), max_position_embeddings=field("llama.context_length"),
        rms_norm_eps=field("llama.attention.layer_norm_rms_epsilon"), rope_parameters={"rope_type": "default", "rope_theta": field("llama.rope.freq_base")}, tie_word_embeddings=True,
        bos_token_id=field("tokenizer.ggml.bos_token_id"), eos_token_id=field("tokenizer.ggml.eos_token_id"))


def hugging_face_name(name: str) -> str:
    part = name.removesuffix(".weight").split(".")
    return f"{OUTER[part[0]] if part[0] in OUTER else f'model.layers.{part[1]}.{NAMES[part[2]]}'}.weight"


def rotary_halves(weight: torch.Tensor, head_size: int) -> torch.Tensor:
    """GGUF has the pairs that rotate together side by side, transformers in two halves of each head."""
    return weight.reshape(-1, head_size // 2, 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def nf4_round(weight: torch.Tensor) -> torch.Tensor:
    """The values after NF4 with double quantization and back (QLoRA, arXiv 2305.14314)."""
    return dequantize_4bit(*quantize_4bit(weight, blocksize=64, quant_type="nf4", compress_statistics=True))


def load_tokenizer(field: Field) -> Tokenizer:
    """Byte-level BPE in which every digit stands alone."""
    tokens, kinds = field("tokenizer.ggml.tokens"), field("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in field("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([token for token, kind in zip(tokens, kinds) if kind == CONTROL])
    return tokenizer
