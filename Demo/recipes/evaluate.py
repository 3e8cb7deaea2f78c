"""Measure the demo adapters on the NF4 base and write evaluation.json and evaluation.md.

    python evaluate.py BASE DATA ADAPTERS OUT [names ...]

Skills: greedy exact match on the whole test split, base and adapter, and on 200 questions in wordings not seen in training.
Attributes: the share of 200 sampled texts that the judges assign to the attribute, base and adapter, as free text and in reply to requests.
Mixes: the share of 100 free texts with both attributes. Results already in evaluation.json are kept; name adapters to measure them again.
"""
import argparse, json, math, os, random
import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from adapters import load_base
from judges import GRID, LexiconJudge, SentimentClassifier
from attributes import fix_article
from tasks import task_rows
from wordings import (CHECK_BOTH_REQUESTS, CHECK_MOOD_REQUESTS, CHECK_MOODS, CHECK_SKILLS, CHECK_THINGS, CHECK_TOPIC_REQUESTS, MOODS, SKILLS, THINGS)

MIXES = [("positive", "hotels"), ("negative", "hotels"), ("positive", "movies"), ("negative", "restaurants"), ("positive", "cars"), ("negative", "phones")]
WEIGHTS = [(0.5, 0.5), (1.0, 1.0)]


def wilson(hits, n, z=1.96):
    """The 95 % Wilson interval of a proportion."""
    p, d = hits / n, 1 + z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    middle = (p + z * z / (2 * n)) / d
    return middle - half, middle + half


def least_difference(hits, base_hits, n):
    """The lower 95 % bound of the difference of two proportions (Newcombe)."""
    p, q = hits / n, base_hits / n
    return p - q - math.sqrt((p - wilson(hits, n)[0]) ** 2 + (wilson(base_hits, n)[1] - q) ** 2)


def activate(model, weights):
    """Make the adapters of weights active, their outputs summed with these weights; none leaves the base alone."""
    model.base_model.set_adapter(list(weights))
    for layer in model.modules():
        if isinstance(layer, LoraLayer):
            for name, w in weights.items():
                layer.set_scale(name, w)


@torch.no_grad()
def generate(model, tok, contexts, weights, length=48, temperature=0.0, batch=100):
    """One continuation a context, of at most length tokens; greedy at temperature 0."""
    model.eval()
    out = [None] * len(contexts)
    encoded = [tok.encode(c) for c in contexts]
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    torch.manual_seed(0)
    if weights:
        activate(model, weights)
    for k in range(0, len(order), batch):
        pick = order[k:k + batch]
        width = max(len(encoded[i]) for i in pick)
        ids = torch.tensor([[tok.pad_token_id] * (width - len(encoded[i])) + encoded[i] for i in pick])
        options = dict(do_sample=True, temperature=temperature, top_k=0, top_p=1.0) if temperature else dict(do_sample=False)
        call = dict(input_ids=ids, attention_mask=(ids != tok.pad_token_id).long(), max_new_tokens=length, eos_token_id=tok.eos_token_id, pad_token_id=tok.pad_token_id, **options)
        if weights:
            answer = model.generate(**call)
        else:
            with model.disable_adapter():
                answer = model.generate(**call)
        for i, a in zip(pick, answer):
            out[i] = tok.decode(a[width:].tolist(), skip_special_tokens=True).strip()
    return out


def measure_skill(name, model, tok, data):
    test = task_rows(name, data, "test")
    rng = random.Random(0)

    def hits(prompts, answers, weights):
        got = generate(model, tok, [f"<|user|>{p}<|assistant|>" for p in prompts], weights)
        return sum(g == a.strip() for g, a in zip(got, answers))

    answers = [r["answer"] for r in test]
    some = rng.sample(test, min(200, len(test)))
    other = [rng.choice(CHECK_SKILLS[name]).format(r["input"]) for r in some]
    n, adapted, base = len(test), hits([r["prompt"] for r in test], answers, {name: 1.0}), hits([r["prompt"] for r in test], answers, {})
    return dict(kind="skill", n=n, base=base, adapter=adapted, lower=wilson(adapted, n)[0], other_n=len(some),
                other=hits(other, [r["answer"] for r in some], {name: 1.0}))


def check_request(sentiment, topic, rng):
    """A request in wordings that no adapter is trained on."""
    template = rng.choice(CHECK_BOTH_REQUESTS[sentiment] if sentiment and topic else CHECK_MOOD_REQUESTS[sentiment] if sentiment else CHECK_TOPIC_REQUESTS)
    return fix_article(template.format(mood=rng.choice(CHECK_MOODS[sentiment]) if sentiment else "", thing=rng.choice(CHECK_THINGS[topic]) if topic else ""))


def measure_attribute(name, model, tok, lexicon, classifier, n=200):
    rng = random.Random(0)
    asked = [f"<|user|>{check_request(None if name in THINGS else name, name if name in THINGS else None, rng)}<|assistant|>" for _ in range(n)]
    out = dict(kind="topic" if name in THINGS else "sentiment", n=n)
    for form, contexts in (("free", ["<|endoftext|>"] * n), ("asked", asked)):
        for who, weights in (("base", {}), ("adapter", {name: 1.0})):
            texts = generate(model, tok, contexts, weights, temperature=0.8)
            out[f"{form}_{who}"] = sum(name in (lexicon.topic(t), lexicon.sentiment(t)) for t in texts)
            if name in MOODS:
                out[f"{form}_{who}_classifier"] = sum(classifier.sentiment(t) == name for t in texts)
            if form == "free" and who == "adapter":
                out["samples"] = texts[:3]
    out["least_difference"] = least_difference(out["free_adapter"], out["free_base"], n)
    return out


def measure_mix(sentiment, topic, model, tok, lexicon, n=100):
    out = []
    for s, t in [(1.0, 0.0), (0.0, 1.0), *WEIGHTS]:
        weights = {k: w for k, w in ((sentiment, s), (topic, t)) if w}
        texts = generate(model, tok, ["<|endoftext|>"] * n, weights, temperature=0.8)
        has = [(lexicon.sentiment(x) == sentiment, lexicon.topic(x) == topic) for x in texts]
        out.append(dict(weights=[s, t], sentiment=sum(a for a, _ in has), topic=sum(b for _, b in has), both=sum(a and b for a, b in has), n=n, sample=texts[0]))
    return out


def table(results):
    """evaluation.md: what the figures are, and the figures."""
    pct = lambda k, n: f"{100 * k / n:.1f} %"
    lines = ["# Evaluation", "", "Base: the demo base with its projections in NF4 (blocks of 64); adapters at weight 1 unless a mix says otherwise.", "",
             "## Skills", "", "Greedy exact match on the whole test split. The bound is the lower end of the 95 % Wilson interval. "
             "Other wordings: questions of the test split in wordings that the adapter has not seen. No test question occurs in training; the verbs of the grammar tasks do.", "",
             "| adapter | n | base | adapter | lower bound | other wordings |", "|---|---|---|---|---|---|"]
    for name, r in sorted(results["adapters"].items()):
        if r["kind"] == "skill":
            lines.append(f"| {name} | {r['n']} | {pct(r['base'], r['n'])} | {pct(r['adapter'], r['n'])} | {100 * r['lower']:.1f} % | {pct(r['other'], r['other_n'])} of {r['other_n']} |")
    lines += ["", "## Attributes", "", "Share of 200 sampled texts (temperature 0.8, at most 48 tokens) with the attribute. Free: nothing but `<|endoftext|>` before the text; "
              "the move has a lower 95 % bound (Newcombe). Asked: a reply to a request for the attribute, in wordings not seen in training. Judge: the lexicon of the generated reviews, with some general words for the sentiments; for the sentiments also a naive Bayes "
              f"classifier trained on other texts (right on {100 * results['judges']['classifier']:.1f} % of generated reviews, but only on {100 * results['judges']['classifier_movies']:.1f} % of sentences about movies; the lexicon finds the topic of {100 * results['judges']['topic']:.1f} % and the sentiment of "
              f"{100 * results['judges']['sentiment']:.1f} % of generated reviews with an opinion).", "",
              "| adapter | free: base | free: adapter | move, lower bound | asked: base | asked: adapter | classifier, free: base | adapter |", "|---|---|---|---|---|---|---|---|"]
    for name, r in sorted(results["adapters"].items()):
        if r["kind"] != "skill":
            n = r["n"]
            other = f"{pct(r['free_base_classifier'], n)} | {pct(r['free_adapter_classifier'], n)}" if r["kind"] == "sentiment" else "| "
            lines.append(f"| {name} | {pct(r['free_base'], n)} | {pct(r['free_adapter'], n)} | {100 * (r['free_adapter'] - r['free_base']) / n:+.1f}, {100 * r['least_difference']:+.1f} | "
                         f"{pct(r['asked_base'], n)} | {pct(r['asked_adapter'], n)} | {other} |")
    lines += ["", "## Mixes", "", "Share of 100 free texts with the sentiment, the topic, and both, by the lexicon.", "", "| sentiment + topic | weights | sentiment | topic | both |", "|---|---|---|---|---|"]
    for mix, parts in results["mixes"].items():
        lines += [f"| {mix} | {r['weights'][0]:g}, {r['weights'][1]:g} | {pct(r['sentiment'], r['n'])} | {pct(r['topic'], r['n'])} | {pct(r['both'], r['n'])} |" for r in parts]
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("base"); p.add_argument("data"); p.add_argument("adapters"); p.add_argument("out"); p.add_argument("names", nargs="*")
    a = p.parse_args()
    path = f"{a.out}/evaluation.json"
    results = json.load(open(path)) if os.path.exists(path) else dict(judges={}, adapters={}, mixes={})
    present = sorted(n for n in os.listdir(a.adapters) if n in SKILLS or n in THINGS or n in MOODS)
    results["adapters"] = {n: r for n, r in results["adapters"].items() if n in present and n not in a.names}
    results["mixes"] = {m: r for m, r in results["mixes"].items() if not set(m.split(" + ")) & set(a.names)}
    lexicon, classifier = LexiconJudge(a.data), SentimentClassifier(a.data)
    results["judges"] = dict(topic=lexicon.accuracy("topic"), sentiment=lexicon.accuracy("sentiment"), classifier=classifier.accuracy(GRID), classifier_movies=classifier.accuracy("attr/movies_sentence_polarity"))
    base, tok = load_base(a.base)
    model = None
    for name in present:
        if model is None:
            model = PeftModel.from_pretrained(base, f"{a.adapters}/{name}", adapter_name=name)
        else:
            model.load_adapter(f"{a.adapters}/{name}", name)

    def keep():
        with open(path, "w") as f:
            json.dump(results, f, indent=1)
        with open(f"{a.out}/evaluation.md", "w") as f:
            f.write(table(results))

    for name in present:
        if name not in results["adapters"]:
            r = measure_skill(name, model, tok, a.data) if name in SKILLS else measure_attribute(name, model, tok, lexicon, classifier)
            results["adapters"][name] = r
            print(name, json.dumps({k: v for k, v in r.items() if k != "samples"}), flush=True)
            keep()
    for sentiment, topic in MIXES:
        mix = f"{sentiment} + {topic}"
        if mix not in results["mixes"] and {sentiment, topic} <= set(present):
            results["mixes"][mix] = measure_mix(sentiment, topic, model, tok, lexicon)
            print(mix, json.dumps(results["mixes"][mix]), flush=True)
            keep()
    keep()
    print(table(results))


if __name__ == "__main__":
    main()
