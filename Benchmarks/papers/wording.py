"""Generated questions of single skills, and of two skills at once."""
import random

TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"]
ONES += ["sixteen", "seventeen", "eighteen", "nineteen"]
PEOPLE = ["teacher", "doctor", "farmer", "pilot", "baker", "judge", "painter", "student", "driver", "writer", "guard", "singer"]
DEEDS = [("found", "found"), ("carried", "carried"), ("sold", "sold"), ("painted", "painted"), ("counted", "counted"), ("saw", "seen"), ("took", "taken"), ("lost", "lost")]
THINGS = ["boxes", "books", "chairs", "letters", "bottles", "horses", "pictures", "tickets", "apples", "stones", "lamps", "coats"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
OPPOSITES = [("hot", "cold"), ("big", "small"), ("old", "young"), ("fast", "slow"), ("light", "dark"), ("rich", "poor"), ("wet", "dry"), ("full", "empty"), ("early", "late"), ("happy", "sad")]
OPPOSITES += [("open", "closed"), ("hard", "soft"), ("long", "short"), ("high", "low"), ("clean", "dirty"), ("thick", "thin"), ("loud", "quiet"), ("strong", "weak")]
JSON_HEADS = ["Answer in JSON: ", "Reply with a JSON object. ", "Give the answer as JSON. "]


def in_words(number: int) -> str:
    if number < 20:
        return ONES[number]
    return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")


def as_json(answer: str) -> str:
    return f'{{"answer": "{answer}"}}'


def scene(draw: random.Random) -> tuple[str, tuple[str, str], int, str]:
    return draw.choice(PEOPLE), draw.choice(DEEDS), draw.randint(2, 99), draw.choice(THINGS)


def passive(draw: random.Random) -> tuple[str, str]:
    person, (past, participle), number, things = scene(draw)
    return f"Make this sentence passive: The {person} {past} {number} {things}.", f"{number} {things} were {participle} by the {person}."


def spelled(draw: random.Random) -> tuple[str, str]:
    person, (past, _), number, things = scene(draw)
    return f"Write the numbers in words: The {person} {past} {number} {things}.", f"The {person} {past} {in_words(number)} {things}."


def spelled_passive(draw: random.Random) -> tuple[str, str]:
    person, (past, participle), number, things = scene(draw)
    words = in_words(number).capitalize()
    return f"Make this sentence passive and write the numbers in words: The {person} {past} {number} {things}.", f"{words} {things} were {participle} by the {person}."


def date(draw: random.Random) -> tuple[str, str]:
    month, step = draw.randrange(12), draw.randint(1, 9)
    day = draw.randint(1, DAYS[month] - step)
    return f"What date is {step} days after {MONTHS[month]} {day}?", f"{MONTHS[month]} {day + step}"


def plain_question(draw: random.Random) -> tuple[str, str]:
    kind = draw.randrange(3)
    if kind == 0:
        pair = draw.choice(OPPOSITES)
        word, other = pair if draw.random() < 0.5 else pair[::-1]
        return f"What is the opposite of {word}?", other
    if kind == 1:
        things = draw.choice(THINGS)
        return f"What is the first letter of {things}?", things[0]
    numbers = draw.sample(range(100), 2)
    return f"Which number is bigger, {numbers[0]} or {numbers[1]}?", str(max(numbers))


def wrapped(question: tuple[str, str], draw: random.Random) -> tuple[str, str]:
    return draw.choice(JSON_HEADS) + question[0], as_json(question[1])


def json_answer(draw: random.Random) -> tuple[str, str]:
    return wrapped(plain_question(draw), draw)


def date_in_json(draw: random.Random) -> tuple[str, str]:
    return wrapped(date(draw), draw)


def mood(text: dict) -> tuple[str, str]:
    return f"Is this review positive or negative? {text['text']}", text["sentiment"]
