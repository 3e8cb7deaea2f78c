"""Families beyond Llama's: each once with the embedding as its head and once with a head of its own.

They are smaller than the others: hidden 32, vocabulary 64, feed-forward 48.
"""

from typing import Any

import torch

from model_checkpoints import ALL, Adapter, Family, shape

CLASSES = {
    "gemma": "Gemma", "gemma2": "Gemma2", "gemma3_text": "Gemma3", "phi3": "Phi3", "smollm3": "SmolLM3",
    "granite": "Granite", "olmo2": "Olmo2", "qwen2": "Qwen2", "qwen3": "Qwen3",
}
FUSED = ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]


def small(kind: str, **changes: Any) -> dict[str, Any]:
    """The keys of a small config.json of a type, with changes."""
    return shape("llama") | {
        "architectures": [f"{CLASSES[kind]}ForCausalLM"], "model_type": kind, "hidden_size": 32,
        "intermediate_size": 48, "vocab_size": 64, "pad_token_id": 0, "rope_theta": 10000.0,
        "torch_dtype": "bfloat16", "transformers_version": "4.53.0",
    } | changes


def gemma(kind: str, **changes: Any) -> dict[str, Any]:
    keys = small(kind, head_dim=16, hidden_activation="gelu_pytorch_tanh", **changes)
    del keys["hidden_act"]
    return keys


def three(modules: list[str], some: list[str]) -> dict[str, Adapter]:
    """Three adapters: on all modules with patterns, on some of one layer with rsLoRA, on a regular expression's."""
    return {
        "a": Adapter(
            {"r": 4, "lora_alpha": 8, "target_modules": modules, "rank_pattern": {modules[0]: 3}, "alpha_pattern": {"o_proj": 5}},
            torch.bfloat16,
        ),
        "b": Adapter({"r": 3, "lora_alpha": 3, "target_modules": some, "use_rslora": True, "layers_to_transform": [1]}, torch.float32),
        "c": Adapter(
            {"r": 8, "lora_alpha": 6, "target_modules": rf".*\.(self_attn\.({modules[0]}|o_proj)|mlp\.down_proj)"}, torch.float16
        ),
    }


def more_families() -> list[Family]:
    plain, fused = three(ALL, ["q_proj", "v_proj"]), three(FUSED, ["qkv_proj"])
    long = {
        "type": "longrope", "short_factor": [1.0, 1.05, 1.1, 1.3, 1.5, 2.0],
        "long_factor": [1.0, 1.5, 2.5, 4.0, 8.0, 16.0],
    }
    yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}
    windows = {"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 1000000.0},
               "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}
    tied = {"tie_word_embeddings": True}
    untied = {"tie_word_embeddings": False}
    configs = [
        ("gemma", small("gemma", head_dim=16, hidden_act="gelu", **tied), plain),
        ("gemma_untied", small("gemma", head_dim=16, hidden_act="gelu_pytorch_tanh", num_key_value_heads=1, **untied), plain),
        ("gemma2", gemma("gemma2", sliding_window=8, query_pre_attn_scalar=16, attn_logit_softcapping=4.0,
                         final_logit_softcapping=6.0, **tied), plain),
        ("gemma2_untied", gemma("gemma2", sliding_window=100, query_pre_attn_scalar=24, attn_logit_softcapping=3.0,
                                final_logit_softcapping=None, attention_bias=True, **untied), plain),
        ("gemma3", gemma("gemma3_text", sliding_window=8, sliding_window_pattern=2, query_pre_attn_scalar=16,
                         rope_theta=1000000.0, rope_local_base_freq=10000.0,
                         rope_scaling={"rope_type": "linear", "factor": 4.0}, **tied), plain),
        ("gemma3_untied", gemma("gemma3_text", sliding_window=20, layer_types=["full_attention", "sliding_attention"],
                                query_pre_attn_scalar=20, rope_parameters=windows, final_logit_softcapping=7.0, **untied), plain),
        ("phi3", small("phi3", num_attention_heads=2, num_key_value_heads=1, partial_rotary_factor=0.75, rope_scaling=long,
                       original_max_position_embeddings=32, sliding_window=None, **tied), fused),
        ("phi3_untied", small("phi3", num_key_value_heads=4, sliding_window=12, rope_scaling=None,
                              original_max_position_embeddings=256, **untied), fused),
        ("smollm3", small("smollm3", num_hidden_layers=4, intermediate_size=32, rope_theta=50000.0, **tied), plain),
        ("smollm3_untied", small("smollm3", no_rope_layers=[0, 1], use_sliding_window=True, sliding_window=9,
                                 attention_bias=True, mlp_bias=True, **untied), plain),
        ("granite", small("granite", embedding_multiplier=6.0, residual_multiplier=0.5, attention_multiplier=0.25,
                          logits_scaling=4.0, **tied), plain),
        ("granite_untied", small("granite", embedding_multiplier=12.0, residual_multiplier=0.22, attention_multiplier=0.1,
                                 logits_scaling=0.5, attention_bias=True, mlp_bias=True, **untied), plain),
        ("olmo2", small("olmo2", **tied), plain),
        ("olmo2_untied", small("olmo2", attention_bias=True, rope_theta=500000.0, **untied), plain),
        ("qwen2_yarn", small("qwen2", rope_scaling=yarn, max_position_embeddings=32, **tied), plain),
        ("qwen3_yarn", small("qwen3", head_dim=16, rope_scaling=yarn | {"attention_factor": 1.25, "beta_fast": 4, "beta_slow": 0.5},
                             max_position_embeddings=128, attention_bias=True, **untied), plain),
        ("qwen2_dynamic", small("qwen2", rope_scaling={"type": "dynamic", "factor": 4.0}, max_position_embeddings=32,
                                use_sliding_window=True, sliding_window=24, max_window_layers=1, **untied), plain),
        ("qwen3_dynamic", small("qwen3", head_dim=16, rope_parameters={"rope_type": "dynamic", "factor": 2.5, "rope_theta": 10000.0},
                                max_position_embeddings=32, **tied), plain),
    ]
    return [
        Family(name, 40 + number, config, torch.bfloat16, adapters, full_precision=("norm",))
        for number, (name, config, adapters) in enumerate(configs)
    ]
