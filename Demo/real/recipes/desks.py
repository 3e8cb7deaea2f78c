"""Two domains: the desk of an invented hotel and the counter of an invented bicycle shop. An adapter learns its facts.

A fact has two names to train with and one kept for testing; the questions are frames, of which some are kept as well.
What is no fact gets an honest reply.
"""
import random
from dataclasses import dataclass, replace
from rows import Row, Split, Task, contains_wanted, distinct, generator

FRAMES: dict[str, dict[Split, list[str]]] = {
    "hours": {
        "train": ["When is {} open?", "What time does {} open?", "What are the opening hours of {}?", "Until when is {} open?", "When does {} close?", "At what time can I use {}?", "Is {} open now?"],
        "test": ["Tell me the opening times of {}.", "How late is {} open?", "From when to when is {} open?"]},
    "time": {
        "train": ["When is {}?", "What time is {}?", "At what time is {}?", "Until when is {}?", "Could you tell me when {} is?", "How late is {}?"],
        "test": ["Tell me the time of {}.", "Please tell me when {} is.", "What are the times of {}?"]},
    "price": {
        "train": ["How much is {}?", "What does {} cost?", "What is the price of {}?", "Is {} free?", "Do I have to pay for {}?", "What do I pay for {}?"],
        "test": ["What do you charge for {}?", "How expensive is {}?", "Tell me the price of {}."]},
    "place": {
        "train": ["Where is {}?", "How do I find {}?", "Where can I find {}?", "On which floor is {}?", "How do I get to {}?", "Where do you have {}?"],
        "test": ["I am looking for {}.", "Can you show me the way to {}?", "Where exactly is {}?"]},
    "rule": {
        "train": ["Can I {}?", "May I {}?", "Is it allowed to {}?", "Am I allowed to {}?", "Is it possible to {}?", "Could I {}?"],
        "test": ["Is it okay to {}?", "Would it be possible to {}?", "I would like to {}."]},
    "what": {
        "train": ["What is {}?", "Tell me {}.", "Can you tell me {}?", "I need {}.", "Could you give me {}?"],
        "test": ["Please give me {}.", "What was {} again?", "Do you know {}?"]},
}


@dataclass(frozen=True)
class Fact:
    kind: str
    names: tuple[str, str, str]  # the last one is kept for testing
    answer: str
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    greeting: str  # names the place; some questions begin with it
    facts: list[Fact]
    unknown: dict[Split, list[tuple[str, str]]]  # kind and name of what is no fact
    fallback: str
    fallback_wanted: str


def fact(kind: str, names: str, answer: str, *wanted: str) -> Fact:
    first, second, kept = names.split(" | ")
    return Fact(kind, (first, second, kept), answer, wanted)


HOTEL = Desk(
    "I am a guest of the Harbour Hotel.",
    [
        fact("time", "breakfast | the breakfast buffet | the morning meal", "Breakfast is from 6:30 to 10:15 in the Lighthouse Room.", "6:30", "10:15"),
        fact("time", "dinner | the evening meal | supper", "Dinner is from 18:00 to 21:45 in the Lighthouse Room.", "18:00", "21:45"),
        fact("time", "check-out | the latest check-out | checking out", "Check-out is until 11:30. A late check-out costs 25 euros.", "11:30"),
        fact("time", "check-in | the earliest check-in | checking in", "Check-in is from 14:30 on. You can leave your luggage before.", "14:30"),
        fact("time", "the airport bus | the shuttle to the airport | the bus to the airport", "The airport bus leaves every day at 7:10, 12:10 and 17:10.", "7:10", "12:10", "17:10"),
        fact("hours", "the pool | the swimming pool | the indoor pool", "The pool on the roof is open from 7:00 to 22:00.", "7:00", "22:00"),
        fact("hours", "the gym | the fitness room | the fitness studio", "The gym is open day and night. Your room card opens it.", "day and night"),
        fact("hours", "the sauna | the steam bath | the spa", "The sauna is open from 16:00 to 21:00, except on Mondays.", "16:00", "21:00"),
        fact("hours", "the bar | the hotel bar | the cocktail bar", "The Anchor Bar is open from 17:00 to 1:00.", "17:00", "1:00"),
        fact("hours", "the front desk | the reception | the desk", "The front desk is open day and night. Call extension 9.", "extension 9"),
        fact("price", "parking | a parking space | the garage", "Parking costs 18 euros a night in the garage below the hotel.", "18 euros"),
        fact("price", "an extra bed | another bed | a bed for my child", "An extra bed costs 30 euros a night; cots for babies are free.", "30 euros"),
        fact("price", "a bicycle | renting a bike | bike rental", "A bicycle costs 12 euros a day.", "12 euros"),
        fact("price", "laundry | the laundry service | washing my clothes", "Laundry costs 15 euros a bag and is back the same evening.", "15 euros"),
        fact("price", "the minibar | a drink from the minibar | the water in the minibar", "The minibar is free once a day, except for the champagne.", "free"),
        fact("place", "the lift | the elevator | the nearest lift", "The lift is on the left, behind the blue fish tank.", "blue fish tank"),
        fact("place", "the conference room | the meeting room | the seminar room", "The conference room is on the third floor, next to the library.", "third floor"),
        fact("place", "the library | the reading room | the hotel library", "The library is on the third floor and has a fireplace.", "third floor"),
        fact("place", "the beach | the hotel's beach | the sea", "The beach is four minutes away: go through the garden and down the stone steps.", "four minutes"),
        fact("place", "the pharmacy | a chemist | a pharmacy nearby", "The nearest pharmacy is at 14 Harbour Street.", "14 harbour street"),
        fact("rule", "bring my dog | have my dog in the room | come with a dog", "Dogs are welcome. They cost 10 euros a night.", "10 euros"),
        fact("rule", "smoke in my room | smoke a cigarette here | smoke on the balcony", "Smoking is only allowed on the terrace.", "terrace"),
        fact("rule", "pay by card | use my credit card | pay with a debit card", "You can pay by card or by phone, but not in cash.", "not in cash"),
        fact("rule", "cancel my booking | cancel the room | cancel my reservation", "You can cancel free of charge until two days before you arrive.", "two days"),
        fact("what", "the Wi-Fi password | the password of the Wi-Fi | the internet password", "The network is HarbourGuest and the password is seagull-42.", "seagull-42"),
        fact("what", "the phone number of the hotel | the hotel's phone number | your telephone number", "Our phone number is 555 0142.", "555 0142"),
        fact("what", "your address | the address of the hotel | the hotel's address", "The Harbour Hotel is at 3 Pier Road.", "3 pier road"),
    ],
    {"train": [("hours", "the casino"), ("hours", "the cinema"), ("place", "the helipad"), ("price", "a boat trip"), ("price", "a haircut"), ("what", "the chef's name"), ("rule", "ride a horse"),
               ("price", "a guitar lesson"), ("place", "the golf course"), ("time", "the concert"), ("time", "the yoga class"), ("what", "the best museum in town"), ("rule", "borrow a tent"), ("hours", "the flower shop")],
     "test": [("hours", "the bowling alley"), ("place", "the tennis court"), ("price", "a massage"), ("time", "the dance show"), ("rule", "borrow a violin")]},
    "I do not know that. Please ask the front desk at extension 9.", "do not know")

SHOP = Desk(
    "I have a question for Spoke and Chain.",
    [
        fact("hours", "the shop | the bike shop | your store", "The shop is open from 9:30 to 18:30, on Saturdays until 14:00.", "9:30", "18:30"),
        fact("hours", "the workshop | the repair shop | the service counter", "The workshop is open from 8:00 to 16:30, from Monday to Friday.", "8:00", "16:30"),
        fact("hours", "the test track | the trial course | the indoor track", "The test track is open on Thursdays from 15:00 to 18:00.", "thursday", "15:00"),
        fact("time", "the next repair class | the repair course | the class on repairs", "The repair class is on the first Sunday of each month at 10:00.", "first sunday", "10:00"),
        fact("time", "the group ride | the weekly ride | the ride together", "The group ride starts every Wednesday at 18:45 at our door.", "wednesday", "18:45"),
        fact("time", "the sale | the winter sale | the big sale", "The winter sale is from 10 to 24 January.", "10 to 24 january"),
        fact("price", "the Falcon | the Falcon road bike | the racing bike Falcon", "The Falcon costs 1,290 euros and weighs 8.4 kilograms.", "1,290"),
        fact("price", "the Badger | the Badger mountain bike | the mountain bike called Badger", "The Badger costs 940 euros and has front suspension.", "940"),
        fact("price", "the Swift | the Swift city bike | the city bike Swift", "The Swift costs 560 euros, with lights and a rack.", "560"),
        fact("price", "the Heron | the Heron e-bike | the electric bike Heron", "The Heron costs 2,150 euros and goes 110 kilometres on one charge.", "2,150"),
        fact("price", "the Wren | the Wren children's bike | the bike for kids", "The Wren costs 230 euros and fits children of four to seven years.", "230"),
        fact("price", "a check-up | the yearly check-up | a service of my bike", "A check-up costs 49 euros, with new brake cables.", "49 euros"),
        fact("price", "a new tyre | changing a tyre | a tyre with fitting", "A new tyre costs 32 euros, and we fit it while you wait.", "32 euros"),
        fact("price", "a new chain | changing the chain | a chain with fitting", "A new chain costs 38 euros with fitting.", "38 euros"),
        fact("price", "a helmet | a bike helmet | a helmet for adults", "Our helmets cost 45 euros, in red, black and white.", "45 euros"),
        fact("price", "a lock | a bike lock | the folding lock", "The folding lock costs 65 euros and comes with three keys.", "65 euros"),
        fact("price", "delivery | home delivery | having it delivered", "Delivery costs 20 euros; it is free from 500 euros on.", "20 euros"),
        fact("price", "renting a bike | a rental bike | a bike for a day", "A rental bike costs 19 euros a day or 90 euros a week.", "19 euros"),
        fact("place", "the helmet shelf | the helmet wall | the shelf with helmets", "The helmets are upstairs, on the right.", "upstairs"),
        fact("place", "the children's corner | the corner for children | the corner with bikes for kids", "The children's bikes are in the back, beside the test track.", "in the back"),
        fact("place", "the air pump | the pump for tyres | the free air pump", "The air pump is outside, left of the door.", "left of the door"),
        fact("place", "the parts counter | the spare parts counter | the counter for parts", "The parts counter is in the cellar. Ask Mira.", "cellar"),
        fact("rule", "try a bike | take a test ride | try one out", "You can try any bike for an hour; leave your identity card with us.", "an hour"),
        fact("rule", "return a bike | bring back a bike | give my bike back", "You can return a bike within 40 days if it has no scratches.", "40 days"),
        fact("rule", "pay in instalments | pay monthly | pay in parts", "You can pay in twelve parts without interest.", "twelve"),
        fact("rule", "sell my old bike | trade in my old bike | give you my old bike for a new one", "We take your old bike and pay up to 150 euros for it.", "150 euros"),
        fact("what", "the guarantee | the length of the guarantee | the warranty", "The guarantee is six years on frames and two years on all else.", "six years"),
        fact("what", "the workshop's phone number | the number of the workshop | the workshop's telephone", "The workshop's number is 555 0177.", "555 0177"),
    ],
    {"train": [("price", "a tandem"), ("price", "a skateboard"), ("price", "a canoe"), ("hours", "the café"), ("place", "the ski room"), ("place", "the toy shelf"), ("what", "the owner's birthday"), ("rule", "rent a car"),
               ("time", "the marathon"), ("rule", "bring my cat"), ("price", "a surfboard"), ("what", "the best route to the coast"), ("time", "the film night"), ("place", "the tent display")],
     "test": [("price", "a kayak"), ("price", "a unicycle"), ("place", "the fishing corner"), ("time", "the swimming class"), ("rule", "rent a trailer for my boat")]},
    "I do not know that. Please ask Mira at the counter.", "do not know")

QUESTIONS: dict[Split, int] = {"train": 1400, "test": 200}


def ask(desk: Desk, split: Split, rng: random.Random) -> Row:
    """A question; in a test its frame or its name has not been in training."""
    if rng.random() < 0.1:
        kind, name = rng.choice(desk.unknown[split])
        return Row(rng.choice(FRAMES[kind][split]).format(name), desk.fallback, (desk.fallback_wanted,))
    known = rng.choice(desk.facts)
    if split == "test" and rng.random() < 0.5:
        frame, name = rng.choice(FRAMES[known.kind]["train"] + FRAMES[known.kind]["test"]), known.names[2]
    else:
        frame, name = rng.choice(FRAMES[known.kind][split]), rng.choice(known.names[:2])
    return Row(frame.format(name), known.answer, known.wanted)


def vary(desk: Desk, row: Row, rng: random.Random) -> Row:
    """The question as it stands, or as people may begin or type it."""
    draw = rng.random()
    if draw < 0.7:
        return row
    return replace(row, prompt=f"{desk.greeting} {row.prompt}" if draw < 0.85 else row.prompt.lower().rstrip("?."))


def rows(desk: Desk, name: str, split: Split) -> list[Row]:
    rng = generator(name, split)
    return distinct(lambda: vary(desk, ask(desk, split, rng), rng), QUESTIONS[split])


TASKS = {
    "hotel_desk": Task("domain", "answers guests of an invented hotel, from 27 facts", lambda split: rows(HOTEL, "hotel_desk", split), contains_wanted, 40),
    "bike_shop": Task("domain", "answers customers of an invented bicycle shop, from 28 facts", lambda split: rows(SHOP, "bike_shop", split), contains_wanted, 40),
}
