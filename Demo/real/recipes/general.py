"""Questions of general interest: for the base alone, and what a tone is tried on."""
import random
from rows import Split

THINGS: dict[Split, list[str]] = {
    "train": ("gravity|a volcano|photosynthesis|a rainbow|the moon|an earthquake|electricity|a computer|the internet|a virus|democracy|inflation|a bicycle|a bridge|the heart|the brain|sleep|a dream|"
              "music|a violin|chess|football|a vaccine|bread|cheese|chocolate|coffee|tea|honey|a bee|a whale|a shark|an elephant|a penguin|an owl|a desert|a glacier|a river|the ocean|the sun|a star|"
              "a black hole|Mars|a rocket|a telescope|a microscope|an atom|a molecule|water|oxygen|carbon|gold|steel|glass|paper|a book|a poem|a novel|history|a castle|a pyramid|a museum|a painting|"
              "a camera|a clock|a compass|a map|a ship|a train|a plane|a battery|a magnet|a robot|an algorithm|a database|a password|a loan|a bank|a tax|a law|a contract|an election|a language|"
              "grammar|a metaphor|a recipe|yoga|a habit|stress|a friend|courage|happiness|climate change|recycling|solar power|wind power|a forest|a seed|a mushroom|a dinosaur|a fossil|evolution|DNA").split("|"),
    "test": "lightning|a comet|a tornado|the liver|a guitar|basketball|rice|a dolphin|a fox|Venus|silver|a library|a tram|a laser|a firewall|a budget|a parliament|a simile|meditation|a coral reef|friction|an antibiotic".split("|"),
}
ACTS: dict[Split, list[str]] = {
    "train": ("boil an egg|tie a tie|learn a language|save money|sleep better|write a letter|make pancakes|grow tomatoes|clean a window|change a light bulb|paint a wall|train a dog|read faster|stay healthy|"
              "lose weight|run a marathon|play chess|make new friends|prepare for an exam|give a speech|bake bread|make coffee|fold a shirt|pack a suitcase|fix a flat tyre|remove a stain|plan a party|"
              "take a good photo|swim better|start a garden|learn to draw|cook rice|remember names|stop worrying|find a job").split("|"),
    "test": "make soup|learn to dance|wash a car|write a poem|keep a diary|sharpen a knife|wake up early|plant a tree|learn the piano|make tea".split("|"),
}
COUNTRIES: dict[Split, list[str]] = {
    "train": "France|Italy|Spain|Germany|Japan|China|India|Egypt|Kenya|Brazil|Canada|Mexico|Norway|Greece|Poland|Turkey|Peru|Chile|Portugal|Ireland".split("|"),
    "test": "Sweden|Austria|Argentina|Russia|Finland|Cuba".split("|"),
}
WHYS: dict[Split, list[str]] = {
    "train": ("Why is the sky blue?|Why do cats purr?|Why do leaves fall in autumn?|Why do we dream?|Why is the sea salty?|Why do birds sing?|Why do we yawn?|Why does ice float?|Why do we have seasons?|"
              "Why is exercise good for us?|Why do people laugh?|Why do bees make honey?|Who wrote Hamlet?|Who was Albert Einstein?|Who invented the telephone?|How many days are in a year?|"
              "How far away is the moon?|What is the largest ocean?|Which planet is the biggest?|What do plants need to grow?|What colours are in a rainbow?|How many legs does a spider have?").split("|"),
    "test": "Why do stars twinkle?|Why do dogs bark?|Why is the sunset red?|Who painted the Mona Lisa?|What is the longest river?|How many continents are there?|Why do we need sleep?".split("|"),
}
THING_FRAMES: dict[Split, list[str]] = {
    "train": ["What is {}?", "Tell me about {}.", "Explain {} to me.", "Can you explain {}?", "Give me a short explanation of {}.", "What do you know about {}?"],
    "test": ["Describe {}.", "What can you tell me about {}?", "Tell me something about {}."],
}
REMARKS: dict[Split, list[str]] = {
    "train": ["Write a poem about {}.", "Write a short story about {}.", "Translate {} into French.", "Who are you?", "How are you?", "Good morning!", "Thank you very much.", "Hello.", "What can you do?", "Tell me a joke.",
              "I am bored.", "What is your name?", "Give me three ideas about {}.", "Compare {} and {}.", "What is 12 times 7?", "Is {} dangerous?", "Who discovered {}?", "Let us talk about {}.", "I like {}.",
              "What do you think of {}?", "Do you dream?", "How old are you?", "Write a headline about {}.", "List some facts about {}.", "My brother knows a lot about {}.", "It rains again.", "What should I eat today?",
              "Are you a robot?", "I had a bad day.", "Summarize the history of {}.", "Give me a synonym for happy.", "How do you spell {}?", "See you later!", "Can you help me with my homework about {}?",
              "What is the difference between {} and {}?", "Name five animals.", "Count to ten.", "Sing a song about {}.", "When was {} discovered?", "Is it true that {} is old?"],
    "test": ["Write a limerick about {}.", "Good evening.", "Where do you come from?", "Invent a name for a cat.", "I am tired of {}.", "How many people know {}?", "What is 30 divided by 5?", "Give me an example of {}.",
             "Do you like {}?", "Tell my friend about {}.", "You are funny.", "Write a slogan for {}.", "What rhymes with moon?"],
}


def remark(split: Split, rng: random.Random) -> str:
    """Something to say to an assistant that is no question of `question`."""
    return rng.choice(REMARKS[split]).format(*rng.sample(THINGS[split], 2))


def question(split: Split, rng: random.Random) -> str:
    kind = rng.choices(["thing", "act", "country", "why"], [6, 3, 1, 1])[0]
    if kind == "thing":
        return rng.choice(THING_FRAMES[split]).format(rng.choice(THINGS[split]))
    if kind == "act":
        return rng.choice(["How do I {}?", "How can I {}?", "Tell me how to {}."]).format(rng.choice(ACTS[split]))
    if kind == "country":
        return f"What is the capital of {rng.choice(COUNTRIES[split])}?"
    return rng.choice(WHYS[split])
