"""A strict format: a sentence about an appointment becomes JSON of four fixed keys, with null for what is not said."""
import json
import random
from rows import Row, Split, Task, distinct, equals_answer, generator

PEOPLE: dict[Split, list[str]] = {
    "train": ("Anna|Ben|Clara|David|Emma|Felix|Grace|Hugo|Ines|Jack|Karen|Luis|Maria|Noah|Olga|Paul|Rosa|Sam|Tina|Uwe|Vera|Will|Yusuf|Zoe|Dr Lee|Mr Kapoor|Mrs Novak|the team|my sister|the client|"
              "our landlord|Aunt Rita|the new designer|Priya and Tom|the kids").split("|"),
    "test": "Oscar|Lena|Mila|Ahmed|Chloe|Ivan|Dr Moreau|Mrs Tanaka|the auditors|my cousin|Kim and Rafael|the neighbours".split("|"),
}
OCCASIONS: dict[Split, list[str]] = {
    "train": "lunch|dinner|a meeting|coffee|a call|breakfast|a workshop|an interview|a walk|drinks|a review|a chess game|a picnic|a piano lesson|a budget talk|a training session".split("|"),
    "test": "brunch|a video call|a tennis match|a planning session|a guitar lesson|tea".split("|"),
}
ALONE: dict[Split, list[str]] = {
    "train": "dentist appointment|yoga class|school concert|team retreat|haircut|board meeting|book club|football practice|parents' evening|flu shot|house viewing|product launch|choir rehearsal|car inspection".split("|"),
    "test": "eye test|pottery class|staff party|swimming lesson|budget review|job fair".split("|"),
}
PLACES: dict[Split, list[str]] = {
    "train": ("the office|Cafe Luna|room 12|the library|the park|Luigi's|the town hall|room 3|Hotel Adler|the station|my place|the Blue Door|the school gym|the harbour|the main hall|Bella Napoli|the old mill|"
              "the city museum|Studio 5|the sports club").split("|"),
    "test": "room 27|Cafe Orient|the theatre|the Golden Lion|the rooftop|Studio 9|the community centre|the lake house".split("|"),
}
DAYS: dict[Split, list[str]] = {
    "train": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|3 May|12 June|21 March|8 October|30 January|5 July|17 November|24 August".split("|"),
    "test": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|4 May|19 June|22 March|7 October|11 April|6 December".split("|"),
}
SENTENCES: dict[Split, list[str]] = {
    "train": ["{Title} on {day} at {time} in {place}.", "{Title} at {time} on {day}, {place}.", "On {day} at {time} I have {title} at {place}.", "Let's have {title} on {day} at {time}.",
              "I go to {place} for {title} on {day} at {time}.", "Please add {title}, {day}, {time}, {place}.", "I have {title} at {time} on {day}.", "{day}, {time}: {title} at {place}.",
              "We meet for {title} on {day} at {place}.", "Don't let me forget {title} on {day}.", "{Title} is on {day} at {time}, at {place}.", "{title} at {place}, {day} {time}."],
    "test": ["{day} at {time} I have {title} in {place}.", "I agreed to {title} on {day}, {time}, at {place}.", "{Title} has been moved to {day} at {time}.", "Can you note {title} on {day} at {place}?",
             "My {day}: {title}, {time}, {place}."],
}
REQUESTS: dict[Split, list[str]] = {
    "train": ["Event as JSON: {}", "Turn this into a calendar entry: {}", "JSON: {}", "Make a calendar event: {}", "Extract the event as JSON: {}", "Write this appointment as JSON: {}", "{} Give me that as JSON.",
              "Put this in my calendar: {}", "Convert this appointment to JSON: {}", "Calendar: {}"],
    "test": ["Please write a JSON event for this: {}", "New calendar entry: {}", "Parse this appointment into JSON: {}", "{} Add it to my calendar."],
}
QUESTIONS: dict[Split, int] = {"train": 1600, "test": 200}


def clock(rng: random.Random) -> str:
    """A time as people write it."""
    hour, minute = rng.randint(7, 21), rng.choice([0, 0, 0, 15, 30, 45])
    if hour == 12 and minute == 0 and rng.random() < 0.5:
        return "noon"
    if rng.random() < 0.4:
        return f"{hour}:{minute:02}"
    twelve, half = (hour - 1) % 12 + 1, "am" if hour < 12 else "pm"
    return f"{twelve} {half}" if minute == 0 else f"{twelve}:{minute:02} {half}"


def event(split: Split, rng: random.Random) -> Row:
    if rng.random() < 0.6:
        article, name = "", f"{rng.choice(OCCASIONS[split])} with {rng.choice(PEOPLE[split])}"
    else:
        article, name = rng.choice(["the ", "my "]), rng.choice(ALONE[split])
    title, said = article + name, clock(rng)
    pattern, day, place = rng.choice(SENTENCES[split]), rng.choice(DAYS[split]), rng.choice(PLACES[split])
    sentence = pattern.format(title=title, Title=title[0].upper() + title[1:], day=day, time=said, place=place).replace("on tomorrow", "tomorrow").replace("On tomorrow", "Tomorrow")
    answer = {"title": name.removeprefix("a ").removeprefix("an "), "day": day,
              "time": said if "{time}" in pattern else None, "place": place if "{place}" in pattern else None}
    return Row(rng.choice(REQUESTS[split]).format(sentence), json.dumps(answer))


def rows(split: Split) -> list[Row]:
    rng = generator("calendar_json", split)
    return distinct(lambda: event(split, rng), QUESTIONS[split])


TASKS = {"calendar_json": Task("format", "writes an appointment as JSON with the keys title, day, time and place", rows, equals_answer, 60)}
