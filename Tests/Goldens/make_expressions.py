"""What Python's re says of expressions and names of modules.

    python make_expressions.py OUT
"""

import json
import re
import sys
import warnings
from pathlib import Path

NAMES = [
    "model.layers.1.self_attn.q_proj", "model.layers.10.mlp.down_proj", "model.layers.3.self_attn.o_proj", "model.embed_tokens", "lm_head",
    "q_proj", "aab", "",
]
EXPRESSIONS = [
    r"q_proj", r".*q_proj", r".*\.q_proj$", r"^model.*", r"^layers.*", r"model\.layers\.\d+\.self_attn\.[qkvo]_proj", r".*\.(self_attn\.(k|o)_proj|mlp\.down_proj)",
    r"(?:.*?(?:language|text).*?(?:self_attn|attn).*?(?:q_proj|v_proj).*?)|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:(?:q_proj|down_proj)))",
    r"^(?!.*(?:mlp|embed)).*(?:q_proj|down_proj|head).*", r"^(?=.*attn).*proj", r"model\.layers\.(?!1\.).*", r"(?!lm)(?!model\.l).*", r".*(?=_proj)_proj", r"(?=a)(?!ab)aab",
    r"a{2}b", r"a{1,2}b", r"a{,2}b", r"a{2,}b", r"a{,}b", r"a{3}b", r"a{0}aab", r"a{", r"a{x}", r"a{}", r"{2}", r"a{2}{2}", r"(a{2}){1}b", r"a{2,1}", r"a{2}?b",
    r"a*?b", r"a+?b", r"a??ab", r"a**", r"a+*", r"*a", r"+", r"?", r"(*a)", r"a|*", r"a++b", r"a*+b", r"a?+b", r"a{2}+b",
    r"[^q]*", r"[^.]+\.[^.]+", r"[]a]+b", r"[^]]*", r"[a-]+b", r"[-a]+b", r"[a\-c]+", r"[\w.]+", r"[\d]", r"[\D]+", r"[z-a]", r"[a-\d]", r"[ab", r"[", r"[]", r"[[:alpha:]]+", r"[\]ab]+",
    r"\w+", r"\W", r"\d", r"\D+", r"\s*", r"\S+", r"\bq_proj\b", r".*\bself_attn\b.*", r".*\Bproj", r"\Bq", r"\Amodel.*", r".*proj\Z", r"a\Ab", r"^*a", r"\b*a", r"$*", r"^^q_proj$$", r"q_proj$|lm_head$",
    r"model$.*", r"(^|.*\.)lm_head($|\..*)", r"(?:^|.*?\.)layers\.(?P<idx>\d+)\.", r".*?\.[^.]*\.(?P<idx>\d+)\.", r"(?P<x>a)(?P=x)b", r"(a)\1b", r"(?i)LM_HEAD", r"(?i:LM)_head", r"(?>a+)b", r"(?#c)aab",
    r"(?<=a)b", r"(?<!a)b", r"(a)?(?(1)ab|b)", r"\x61ab", r"\x6", r"\q", r"\_", r"\.", r"\-", r"lm\_head", r"(", r")", r"(a", r"a)", r"()", r"(|a)ab", r"a||b", r"|", r"(a|b)*", r"(a*)*b", r"(a|ab)(b|)", r"((a)(a))(b)",
    r"model\.layers\.([0-9]|1[0-5])\.mlp\.(gate|up|down)_proj", r"(.*\.)?(a)(b)$", r"\\", "\\", r"a.b", r"a\nb", r".", r"..b", r"(?:a|b|q_proj)", r"(?:)", r"(?:)*aab", r"é", r"[é]", r"a\Z|b\z",
]


def result(expression: str, name: str) -> list[bool]:
    return [re.fullmatch(expression, name) is not None, re.match(expression, name) is not None]


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    cases = []
    for expression in EXPRESSIONS:
        try:
            cases.append({"expression": expression, "matches": [result(expression, name) for name in NAMES]})
        except re.error as error:
            cases.append({"expression": expression, "error": str(error)})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (folder / "cases.json").write_text(f'{{"names": {json.dumps(NAMES)},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
