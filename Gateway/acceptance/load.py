"""Requests with different mixes that run at once, so that there is something to see."""

import itertools
import threading

import httpx

MODELS = ["auto", "hotels=0.875,positive=0.125", "books", "games=0.5,negative=0.5", "base", "cars=0.75", "movies=0.5,positive=0.25"]
PROMPT = "Once upon a time there was a girl who had a dog and a very old car."


class Load:
    """Keeps so many requests running until it is left."""

    def __init__(self, url, count):
        self.url = url
        self.isOver = threading.Event()
        models = itertools.islice(itertools.cycle(MODELS), count)
        self.threads = [threading.Thread(target=self.ask, args=(model,)) for model in models]

    def ask(self, model):
        with httpx.Client(base_url=self.url, timeout=120) as client:
            for seed in itertools.count():
                if self.isOver.is_set():
                    return
                client.post("/v1/completions", json={
                    "model": model, "prompt": PROMPT, "max_tokens": 300, "temperature": 1, "seed": seed})

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.isOver.set()
        for thread in self.threads:
            thread.join()
