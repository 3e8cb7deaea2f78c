"""Requests as people make them, generated: patterns in which a capitalized word stands for any of its words.

They show the table of meanings what a wish looks like; the pretraining texts are mostly talk and stories.
"""

import random

WORDS = {
    "VERB": """
open close start stop play pause send read write delete find change check cancel book order pay transfer move copy print share
call invite remind schedule plan cook bake clean wash fix repair buy sell rent return lend borrow count add subtract multiply
divide compare sort translate spell pronounce define explain describe summarize shorten rephrase rewrite correct improve review
rate recommend praise criticize compliment insult thank greet answer ask guess convert measure weigh estimate calculate track
save spend invest withdraw deposit activate block unlock lock report replace update upgrade install restart charge connect
disconnect pair silence mute lower raise increase reduce turn set reset create make build draw paint sing dance listen watch
show hide list name choose pick vote compose draft format highlight underline search look visit travel drive fly walk run ride
park fuel refill reserve confirm approve decline accept reject extend renew apply register sign submit file attach forward
archive label tag group split merge combine join separate continue finish complete repeat undo skip shuffle record stream
download upload sync back restore encrypt protect verify test debug compile solve prove simplify expand factor plot negate
reverse capitalize conjugate rhyme joke chat talk speak whisper shout apologize complain congratulate wish bless encourage
comfort cheer calm warn scare surprise teach learn study practice memorize quiz grade
""".split(),
    "NOUN": """
account balance card payment bill invoice refund receipt statement loan mortgage rent salary tax insurance cheque bank transfer
currency exchange rate fee pin password fraud credit debit score savings pension budget money cash dollar euro pound tip price
discount coupon gift voucher flight hotel room train bus taxi ticket seat luggage passport visa trip vacation holiday itinerary
airport gate delay route traffic map direction distance car tire engine oil gas battery mileage garage parking restaurant table
menu dish recipe ingredient calorie nutrition dinner breakfast lunch meal snack drink coffee tea wine beer soup salad pizza
burger pasta rice bread cake cookie egg milk cheese chicken fish vegetable fruit apple banana sugar salt spice oven fridge
kitchen grocery shopping list store shop market delivery package order address phone number contact message text email letter
note reminder alarm timer clock calendar meeting appointment event birthday wedding party date day week month year time zone
weather rain snow sun wind temperature forecast light lamp bedroom bathroom house home apartment door window heating thermostat
fan vacuum robot speaker volume song music playlist album artist radio podcast audiobook news headline video movie film show
actor director plot scene episode series game level score player team match sport football tennis book novel chapter story poem
author title library page word sentence paragraph essay article summary grammar tense verb noun adjective plural synonym antonym
meaning definition translation language french spanish german italian english accent spelling letter alphabet digit number sum
product fraction percent equation root square code function variable loop python bug program computer laptop tablet screen
keyboard mouse printer camera photo picture file folder document app website internet wifi network signal subscription plan
device update settings name age birthday job boss colleague office work project task deadline report interview resume vacation
sick leave schedule shift school teacher student homework exam class course degree university doctor hospital nurse medicine
pill allergy symptom headache fever blood pressure heart vaccine dentist exercise gym diet sleep weight health dog cat pet horse
bird animal plant tree flower garden river mountain sea beach island city country capital population history war king president
law court police crime fire emergency accident child baby mother father brother sister friend neighbour family wife husband
customer support agent manager complaint feedback opinion mood feeling joke fact riddle quote advice idea question answer reason
example mistake review dress shirt coat jacket shoes trousers skirt hat colour size brand bag watch ring bracket parenthesis
symbol statement claim voice passive past future yesterday tomorrow
""".split(),
    "ADJ": """
new old next last first best worst good bad happy sad angry cheerful grumpy nice rude polite formal casual short long simple
funny serious loud quiet cheap expensive fast slow early late big small bigger larger higher lower nearest closest local foreign
international national daily weekly monthly yearly annual available free open closed wrong right correct true false positive
negative even odd warm cold hot dry healthy vegan spicy sweet fresh broken lost stolen missing damaged
""".split(),
}
PATTERNS = """
what is the ADJ NOUN
what is my NOUN NOUN
what's the NOUN of the NOUN
how do i VERB my NOUN
how do i VERB a NOUN
how can i VERB the ADJ NOUN
how much is the NOUN
how much NOUN do i have
how many NOUN are in a NOUN
how long does the NOUN take
when is my NOUN
when does the NOUN VERB
where is my NOUN
where can i VERB a NOUN
why is my NOUN ADJ
why was my NOUN ADJ
who is the NOUN of the NOUN
which NOUN is ADJ
can you VERB my NOUN
can you VERB the NOUN for me
can you please VERB this NOUN
could you VERB a ADJ NOUN
would you VERB it
please VERB the NOUN
VERB the NOUN
VERB my NOUN
VERB this NOUN
VERB the following NOUN
VERB a ADJ NOUN
VERB the NOUN and the NOUN
VERB NOUN
i need to VERB my NOUN
i want to VERB a NOUN
i want a ADJ NOUN
i'd like to VERB my NOUN NOUN
i would like a NOUN
i need a NOUN for my NOUN
i need help with my NOUN
i have a question about the NOUN
i can't VERB my NOUN
my NOUN is ADJ
my NOUN was ADJ
my NOUN is not working
my NOUN has not arrived
there is a problem with my NOUN
something is wrong with the NOUN
is the NOUN ADJ
is there a NOUN in the NOUN
is it ADJ
are there any ADJ NOUN
do you have NOUN
do i need a NOUN
do i have any NOUN
does the NOUN have a NOUN
did my NOUN VERB
will the NOUN be ADJ
tell me about the NOUN
tell me a NOUN
tell me the NOUN
let me know my NOUN
give me a NOUN
give me the ADJ NOUN
show me my NOUN
show me the NOUN NOUN
find me a NOUN
find a ADJ NOUN
write a ADJ NOUN
write a ADJ NOUN about a NOUN
write me a NOUN about the NOUN
say something ADJ
say something ADJ about the NOUN
make it ADJ
make this NOUN ADJ
make it sound ADJ
make the NOUN sound more ADJ
turn it into a NOUN
turn the NOUN into NOUN
put this in the NOUN
put it in NOUN
rewrite this in the NOUN NOUN
what do you think of the NOUN
what do you call a NOUN
what does NOUN mean
what's ADJ about the NOUN
is a NOUN ADJ or ADJ
is the NOUN a NOUN or a NOUN
i loved the NOUN
i hated the NOUN
i lost my NOUN
i forgot my NOUN
someone stole my NOUN
set a NOUN for the NOUN
set my NOUN to ADJ
add NOUN to my NOUN
remove the NOUN from my NOUN
remind me to VERB the NOUN
don't VERB my NOUN
never VERB the NOUN
how's the NOUN
how was the NOUN
how ADJ is the NOUN
thanks for the NOUN
any NOUN in the NOUN
NOUN NOUN
the NOUN NOUN
ADJ NOUN please
what should i VERB
what should i VERB for NOUN
should i VERB the NOUN
help me VERB the NOUN
the NOUN said the NOUN is ADJ
what happens if i VERB my NOUN
who can VERB my NOUN
how to VERB a NOUN
ways to VERB NOUN
""".strip().splitlines()
ALONE = ["what is {}", "{} please", "my {}", "how do i {}", "about the {}", "i want to {}", "it is {}", "the {} of", "is this {}", "you {} it", "we {} the", "a {} one"]


def with_articles(text):
    words = text.split()
    for place in range(len(words) - 1):
        if words[place] == "a" and words[place + 1][0] in "aeio":
            words[place] = "an"
    return " ".join(words)


def requests(count, generator):
    """That many different requests."""
    made = set()
    while len(made) < count:
        pattern = generator.choice(PATTERNS).split()
        made.add(with_articles(" ".join(generator.choice(WORDS[word]) if word in WORDS else word for word in pattern)))
    made = sorted(made)
    generator.shuffle(made)
    return made


def around(words, generator):
    """Each word alone, and in three small surroundings."""
    return list(words) + [pattern.format(word) for word in words if word.isalpha() and len(word) > 1 for pattern in generator.sample(ALONE, 3)]


def misspelled(text, generator):
    """The text as somebody in a hurry types it: in one word of eight a letter is lost, doubled or changes places."""
    words = text.split()
    for _ in range(1 + len(words) // 8):
        place = generator.randrange(len(words))
        word = words[place]
        if len(word) > 3:
            at = generator.randrange(1, len(word) - 1)
            words[place] = generator.choice([word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[: at + 1] + word[at:]])
    return " ".join(words).replace("'", generator.choice(["", "'"]))
