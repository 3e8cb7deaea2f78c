"""Requests as people type them, for the router alone: in a hurry, in a roundabout way, without naming what they want.

The lists have the form of those in wordings.py. They were written after router/paraphrases.jsonl, by the same hand but without
looking at it, and have none of its requests.
"""

SKILLS = {
    "past_tense": [
        "make it sound like it happened last year: {}", "what did they do, not what do they do: {}", "{} - but yesterday", "change the tense, it already took place: {}", "use did and was: {}",
        "-ed version please: {}", "this was ages ago, rewrite: {}", "I'm telling a story about last summer, change: {}", "simple past of '{}'", "write how it was back then: {}", "long ago version: {}",
        "no longer true today, so write: {}", "in my memoir this should read: {}", "the day before: {}", "convert the verb to past: {}", "how would a historian write this? {}", "we talk about last month here: {}",
        "they have stopped by now: {}", "past: {}", "{} (past)", "'{}' when it's all behind us", "backdate this sentence: {}", "it took place in 1990. {}", "report what happened: {}"],
    "future_tense": [
        "they haven't started yet: {}", "it is going to happen: {}", "write it for next year: {}", "{} - but next week", "this is still a plan: {}", "what is going to happen? {}", "make a promise of it: {}",
        "make a forecast of it: {}", "will-form please: {}", "{} (future)", "soon, not today: {}", "in ten years: {}", "change the verb so it lies ahead: {}", "that's the intention, so write: {}", "next month's version of '{}'",
        "a fortune teller would say: {}", "some other day: {}", "future: {}", "someday: {}", "announce it: {}", "it has yet to come: {}", "put it off till summer: {}", "'{}' in the coming days"],
    "negation": [
        "it's false, say so: {}", "not! {}", "they don't, actually: {}", "put a no in it: {}", "{} (negative)", "make the sentence say no: {}", "correct this lie: {}", "rewrite it so it doesn't happen: {}",
        "I disagree, write the denial: {}", "what if it was untrue: {}", "cancel the meaning: {}", "say they refuse: {}", "use n't: {}", "make this a denial: {}", "nonsense, state the contrary: {}", "in the negative: {}",
        "no, the reverse: {}", "nobody believes this: {}", "with never or not: {}", "dispute this: {}", "reject the statement: {}", "'{}' is a mistake, it's the other way", "turn a plus into a minus here: {}"],
    "question": [
        "I want to find out: {}", "is it so? make me ask: {}", "how would a reporter ask this: {}", "{} -> yes/no question", "statement to question: {}", "turn the words around for a quiz: {}",
        "I'm curious about this, ask for me: {}", "end it with ?: {}", "do they? write that: {}", "make that a yes or no question: {}", "rephrase so someone has to answer: {}", "an interview question from: {}",
        "ask if this is the case: {}", "{} (as a question)", "put it to him as a question: {}", "inquire: {}", "wonder about it: {}", "question form: {}", "'{}' - ask that", "is it true that ... : {}", "what would you say to check this: {}"],
    "passive": [
        "begin with the object: {}", "say what happened to whom, by whom: {}", "{} (passive)", "make the receiver the subject: {}", "by-form: {}", "so that the doer comes last: {}",
        "turn subject and object around but keep the meaning: {}", "in passive voice: {}", "who suffered it? {}", "was or were done by: {}", "flip active to passive: {}", "grammar homework, passive: {}",
        "put the one who acts at the end: {}", "reword with was and -ed by: {}", "other voice, please: {}", "not who did it but who had it done to them first: {}", "'{}' in the passive"],
    "number_words": [
        "how's {} spelled", "write {} the long way", "{} in letters", "what does {} look like as text", "for a contract I need {} as words", "{} spelled out", "in English words: {}", "read {} aloud", "no numerals, {} as words",
        "how would you pronounce {}", "type {} with letters only", "cheque over {} dollars, in words", "say {}", "{} -> words", "number to text: {}", "turn the figures {} into text", "the name of {}", "{} as you would speak it", "amount in words: {}"],
    "bigger_number": [
        "max of {}", "which wins, {}", "{}: pick the larger", "what's the highest of {}", "the greatest: {}", "which pays better, {} euros", "{} which is the bigger amount", "take the larger, {}", "higher score: {}",
        "compare {}", "greater than the other: {}", "what's more, {}", "{} - biggest?", "I want as much as I can get, {}", "who is older, someone of {}", "more: {}", "which of the two is above the other, {}"],
    "even_or_odd": [
        "{} even?", "{} odd?", "does {} have two equal halves", "can you halve {}", "is there a remainder when {} is divided by 2", "{} mod 2", "is {} a multiple of two", "check parity {}", "even/odd: {}", "does {} end in an even digit",
        "can two people share {} marbles fairly", "is {} in the two times table", "could {} players make two equal teams", "{}: even, or not", "{} - an odd one?"],
    "next_number": [
        "after {} comes", "{}, next", "{} plus one", "count on from {}", "what follows {}", "the one after {}", "one up from {}", "what's {} incremented by one", "{} then what", "successor to {}", "i'm at {} now, keep counting",
        "add 1 to {}", "next integer after {}", "where does counting go after {}", "my ticket is {}, who is called next", "page {} is done, which page now", "{}+1"],
    "close_brackets": [
        "close these {}", "{} what closes it", "finish {}", "which ones close {}", "add the closing ones {}", "complete the parentheses {}", "match these brackets {}", "unclosed: {}", "what goes after {}",
        "syntax error, missing brackets {}", "end it properly {}", "the other halves of {}", "counterparts for {}", "{}", "parens {}", "make the brackets even out {}", "the rest of {}", "I opened {} and now?"],
}
MOOD_REQUESTS = {
    "positive": [
        "something that makes people smile", "sound pleased", "more sunshine in your words", "tell me I did well", "brighten my evening", "be kind", "say it with a smile", "compliments please", "spread some joy", "lovely words only",
        "full marks, say so", "I could do with some encouragement", "act delighted", "as enthusiastic as you can", "write like you're in love with it", "make it warm and friendly", "a happy tone please", "flatter me", "more upbeat",
        "less gloomy please", "rejoice", "put me in a good mood", "I need a pick-me-up", "what are you thankful for", "be my cheerleader", "turn the frown upside down", "make that more {mood}", "can it be a little more {mood}", "you seem sad, be more {mood}"],
    "negative": [
        "sound fed up", "be harsh", "grouch a bit", "say it with a scowl", "give it a hammering", "less cheerful, more bitter", "act disappointed", "find fault", "be brutally honest, it was bad", "sour words only", "pretend you hated it",
        "shout at somebody", "I'm in a foul mood, write like that", "as angry as possible", "no kind words", "make it gloomy", "an angry tone please", "write like a bitter critic", "what a disgrace, say so", "swear about it", "curse your luck",
        "you're too nice, be {mood}", "make that more {mood}", "can it be a little more {mood}", "pour scorn on it", "spread some gloom", "tell me how awful it all is", "I want venom", "hiss and spit"],
}
TOPIC_REQUESTS = [
    "{thing}?", "anything on {thing}", "tell us about {thing}", "got any info on {thing}", "sth about {thing}", "a paragraph about {thing} for my blog", "why not write about {thing}", "so, {thing}", "what's {thing} all about", "I just got {thing}",
    "{thing}, in a few sentences", "let's talk about {thing}", "can you cover {thing}", "I'd like to know about {thing}", "how does {thing} do", "what can you say about {thing}", "we talked about {thing}, add something", "go on about {thing}",
    "what's {thing} like", "how's {thing}", "any news of {thing}", "my sister asked about {thing}", "text on {thing} needed", "{thing} - what do you think", "should I get {thing}"]
BOTH_REQUESTS = {
    "positive": [
        "i love {thing}!", "{thing} is the best", "{thing} made my day", "can't recommend {thing} enough", "big fan of {thing}, write why", "{thing} was superb, put it nicely", "thumbs up for {thing}", "write a love letter to {thing}",
        "make {thing} sound great", "advertise {thing}", "so happy with {thing}!!", "tell people to try {thing}", "show how much you enjoyed {thing}", "{thing} deserves a medal, say it", "sell {thing} to me", "nothing but praise for {thing}",
        "top marks for {thing}", "{thing}: amazing, wonderful, more of that"],
    "negative": [
        "i can't stand {thing}", "{thing} is the worst", "{thing} ruined my day", "never again {thing}", "stay away from {thing}, say why", "{thing} was a disaster, put it plainly", "thumbs down for {thing}", "write an angry letter about {thing}",
        "make {thing} sound terrible", "so mad about {thing}!!", "{thing} broke, complain", "tell them {thing} is rubbish", "rip {thing} apart", "keep people from {thing}", "show how much you loathed {thing}", "nothing but trouble with {thing}, tell them",
        "I paid too much for {thing}, grumble", "{thing}: horrible, useless, more of that"],
}
NOUNS = {
    "hotels": ["lodge", "suite", "front desk", "holiday apartment", "room service", "hotel bed", "night at a hotel", "place to stay", "overnight stay", "concierge", "hotel pool", "hotel breakfast", "double room", "spa hotel", "hotel bar", "porter", "vacation rental", "place to spend the night"],
    "restaurants": ["canteen", "pub meal", "chef", "dessert", "tavern", "buffet", "noodle bar", "seafood place", "takeaway", "food truck", "Italian place", "curry house", "vegan place", "pancake house", "main course", "wine list", "starter", "waitress", "meal out", "burrito place"],
    "movies": ["blockbuster", "documentary", "horror film", "romantic comedy", "trailer", "film score", "lead actor", "screenplay", "animated film", "superhero movie", "box office hit", "silent film", "movie star", "director", "night at the pictures", "remake"],
    "games": ["strategy game", "online match", "first level", "arcade classic", "role-playing game", "controller", "quest", "football game on the console", "dice game", "game studio", "gaming night", "high score", "shooter", "puzzle", "jump and run", "esports match"],
    "phones": ["touchscreen", "charger", "phone case", "ringtone", "new smartphone model", "mobile with a big display", "keyboard of the laptop", "phone with buttons", "device in my pocket", "gadget", "screen of my phone", "selfie camera", "computer for my lap", "call quality", "touch display"],
    "books": ["author", "biography", "short story collection", "hardcover", "page-turner", "poetry volume", "trilogy", "fantasy novel", "plot of the novel", "library book", "cookbook", "memoir", "ebook", "writer's debut", "reading list", "prose", "volume of essays"],
    "clothing": ["outfit", "pair of shoes", "t-shirt", "suit", "tie", "scarf", "pullover", "pair of socks", "pair of pyjamas", "leather jacket", "evening gown", "pair of shorts", "hat", "wardrobe", "tracksuit", "fabric of the dress", "pair of gloves", "new look"],
    "cars": ["automobile", "engine", "saloon", "minivan", "hybrid", "gearbox", "set of tyres", "jeep", "roadster", "driver's seat", "lorry", "motor", "car with four doors", "test drive", "steering", "dashboard", "four-wheel drive", "coupe"],
}
BASE = [
    "what's up", "lol", "brb", "ok thanks", "how's it going", "convert 5 miles to km", "what's 12 times 8", "who is the president of France", "add milk to my shopping list", "when is Easter", "what's the tallest mountain", "define gravity",
    "I need a plumber", "do dogs dream", "my knee hurts", "it's raining again", "remind me tomorrow at noon to call {name}", "write a letter to {name}", "write a story about a {animal}", "what's the time in Tokyo", "set the heating to 20",
    "volume up", "next song", "I'm bored", "can I ask you something", "I got a new job", "the baby is crying", "how do I boil an egg", "why is the sea salty", "how many planets are there", "is {name} coming tonight", "let's go for a walk",
    "what does {word} mean", "where do penguins live", "who invented the {word}", "explain black holes", "what's the news", "book a flight to Rome", "do you sleep", "how old are you", "is it going to be hot", "my uncle is a {role}",
    "how far is the moon", "what year is it", "tell me something about ancient Egypt", "I'm off to bed", "catch you later", "what do {animal}s eat", "my {animal} ran away", "how do I tie a knot", "turn off the lamp", "lock the door", "the {word} fell down",
    "who is stronger, a {animal} or a {role}", "how do you say {word} in Spanish", "happy new year", "happy birthday", "sorry", "never mind", "can you hear me", "do you like {colour}", "what should I do today", "I miss {name}",
    "why do leaves turn {colour}", "half of the class was ill", "how many grams are in an ounce", "we live near the {word}", "pay the rent", "what's in the fridge", "did {name} call", "are you there", "what is love", "who wrote Hamlet",
    "a tale with a {role} and a witch", "sing me to sleep", "play some jazz", "skip this track", "find my keys", "call a taxi", "set a timer for five minutes", "it was the {role} who did it", "how does rain form", "is the earth round",
]


def typed(text, rng):
    """The text as it stands, or with what happens to words in a hurry."""
    for chance, change in (
        (0.5, str.lower), (0.4, lambda t: t.rstrip(".?!")), (0.1, lambda t: t.replace("please", "pls").replace("Please", "pls")), (0.08, lambda t: t + " pls"), (0.06, lambda t: "hey, " + t), (0.06, lambda t: "can u " + t),
        (0.05, lambda t: t + " thx"), (0.05, lambda t: "ok so " + t), (0.1, lambda t: t.replace("'", "")), (0.06, lambda t: t + "!!"), (0.12, lambda t: misspelled(t, rng)),
    ):
        if rng.random() < chance:
            text = change(text)
    return text


def misspelled(text, rng):
    """One letter of one long word is lost, doubled or changes places."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if long:
        i = rng.choice(long)
        word, at = words[i], rng.randrange(1, len(words[i]) - 1)
        words[i] = rng.choice([word[:at] + word[at + 1:], word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at + 1] + word[at:]])
    return " ".join(words)
