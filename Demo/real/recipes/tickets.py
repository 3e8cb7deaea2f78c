"""A classification: which of five departments of a shop a customer's ticket is for."""
import random
from rows import Row, Split, Task, distinct, generator, starts_as_wanted

TICKETS: dict[str, dict[Split, list[str]]] = {
    "billing": {
        "train": ["I was charged twice for my {thing}.", "My invoice for the {thing} shows the wrong amount.", "Why is there a fee of {sum} on my bill?", "My card was declined when I paid for the {thing}.",
                  "Can I get an invoice with my company's name?", "You took {sum} from my account and I do not know what for.", "The discount code was not applied to my order.", "I paid for the {thing} but it still says unpaid.",
                  "Can I pay in instalments?", "The VAT on my receipt is wrong.", "Please change my payment method to bank transfer.", "The price at the checkout was higher than on the page of the {thing}."],
        "test": ["Your bill is {sum} too high.", "I see two payments for one {thing}.", "I need a receipt for the {thing} for my taxes.", "My voucher of {sum} is missing on the invoice.", "I would like to pay by invoice instead of credit card."]},
    "delivery": {
        "train": ["My {thing} has not arrived yet.", "Where is my parcel?", "The tracking number does not show any progress.", "The driver left the {thing} at the wrong house.", "Can you send the {thing} to another address?",
                  "My order should have been here {when}.", "How long does shipping to Norway take?", "The parcel came without the {thing}.", "Can I pick up the {thing} at a shop?", "Nobody rang, but the note says I was not at home.",
                  "The courier says he has no order for me.", "Please deliver the {thing} after 6 pm."],
        "test": ["I am still waiting for the {thing} I ordered {when}.", "Has my {thing} been shipped?", "The package was dropped in the rain at my neighbour's.", "When will the courier come with my {thing}?", "Tracking says delivered, but there is no parcel."]},
    "account": {
        "train": ["I forgot my password.", "I cannot log in to my account.", "Please delete my account.", "How do I change my email address?", "The confirmation mail for my new account never came.", "My account is locked {when}.",
                  "Somebody else has used my account.", "I want to change my user name.", "I get no code for the two-step login.", "How do I unsubscribe from the newsletter?", "I have two accounts and want to merge them.",
                  "My profile shows an old phone number."],
        "test": ["The link to reset my password has expired.", "I would like to close my profile.", "It says my user name does not exist.", "Please update my surname in the customer profile.", "I think my login was hacked {when}."]},
    "returns": {
        "train": ["I want to send the {thing} back.", "How do I return the {thing}?", "The {thing} does not fit, can I exchange it?", "I ordered the wrong {thing} and want another one.", "Where do I get a return label?",
                  "I sent the {thing} back {when} and have no refund yet.", "Can I return the {thing} without the box?", "I do not like the colour of the {thing} and want my money back.", "How many days do I have to return the {thing}?",
                  "I changed my mind about the {thing}.", "Please refund the {thing} that I sent back.", "You sent me the wrong {thing}, I want to swap it."],
        "test": ["The {thing} is too small, I would like a larger one instead.", "May I give the {thing} back after three weeks?", "My refund for the returned {thing} is missing.", "I no longer need the {thing}, please take it back.", "Which address do I send returns to?"]},
    "technical": {
        "train": ["The {thing} does not turn on.", "The screen of my {thing} stays black.", "My {thing} makes a strange noise.", "The app crashes when I open it.", "The {thing} does not connect to the Wi-Fi.",
                  "The battery of the {thing} is empty after an hour.", "How do I reset the {thing}?", "The {thing} gets very hot.", "The update of the {thing} stops at 80 percent.", "My {thing} shows error 14.",
                  "The button on the {thing} is stuck.", "The {thing} is broken since {when}."],
        "test": ["My {thing} keeps switching off by itself.", "There is smoke coming from the {thing}.", "I cannot pair the {thing} with my phone.", "After the update the {thing} freezes.", "The {thing} stopped working {when}."]},
}
THINGS: dict[Split, list[str]] = {
    "train": "headset|coffee machine|lamp|printer|keyboard|vacuum cleaner|toaster|tablet|speaker|router|watch|camera|drill|kettle|monitor|heater|scale|mixer".split("|"),
    "test": "blender|radio|laptop|fan|game console|smart plug|hair dryer|e-reader".split("|")}
WHENS = ["yesterday", "last week", "on Monday", "two weeks ago", "this morning"]
SUMS = ["5 euros", "12 euros", "20 pounds", "39 dollars", "99 euros"]
GREETINGS = ["", "", "", "Hello, ", "Hi, ", "Good morning. ", "Dear team, "]
ENDINGS = ["", "", "", " Please help.", " Thanks.", " This is urgent.", " Order 48213."]
REQUESTS: dict[Split, list[str]] = {
    "train": ["Which department is this ticket for? {}", "Sort this ticket: {}", "Ticket: {}", "Classify this support ticket: {}", "Where does this ticket belong? {}", "Assign this customer message to a department: {}",
              "Route this message to billing, delivery, account, returns or technical: {}", "Support ticket: {}"],
    "test": ["Who should handle this ticket? {}", "Label this support request: {}", "To which department does this customer's message go? {}"],
}
QUESTIONS: dict[Split, int] = {"train": 1600, "test": 250}


def complaint(split: Split, rng: random.Random) -> tuple[str, str]:
    """What a customer writes, and the department that it is for."""
    department = rng.choice(list(TICKETS))
    return rng.choice(TICKETS[department][split]).format(thing=rng.choice(THINGS[split]), when=rng.choice(WHENS), sum=rng.choice(SUMS)), department


def ticket(split: Split, rng: random.Random) -> Row:
    text, department = complaint(split, rng)
    greeting = rng.choice(GREETINGS)
    text = greeting + (text[0].lower() + text[1:] if greeting.endswith(", ") and not text.startswith("I ") else text) + rng.choice(ENDINGS)
    return Row(rng.choice(REQUESTS[split]).format(text), department, (department,))


def rows(split: Split) -> list[Row]:
    rng = generator("ticket", split)
    return distinct(lambda: ticket(split, rng), QUESTIONS[split])


TASKS = {"ticket": Task("classification", f"says which department a ticket is for: {', '.join(TICKETS)}", rows, starts_as_wanted, 8)}
