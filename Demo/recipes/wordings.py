"""How people may ask for each adapter: wordings to train the adapters with, and other wordings to check the router with.

SKILLS[name] and CHECK[name] are lists of templates; {} takes the input of the task (a sentence, a number, a list).
"""

SKILLS = {
    "past_tense": [
        "Rewrite this in the past tense: {}", "Say this in the past: {}", "Turn this into past tense: {}", "Put this into the past: {}",
        "Change to past tense: {}", "Make this sentence past tense: {}", "Please write this in the past tense: {}", "How do you say this in the past tense: {}",
        "Give me the past tense of this sentence: {}", "It happened yesterday, so put it in the past: {}", "Convert to simple past: {}", "In the past tense, please: {}"],
    "number_words": [
        "Write {} in words.", "Write {} as words.", "Write out the number {}.", "How is {} written in words?", "What is {} in words?", "Put {} into words.",
        "Spell out {} as a number in English.", "Say the number {} in English.", "Turn {} into words.", "{} in words, please.", "How do I write {} on a cheque?", "Read the number {} out to me."],
    "bigger_number": [
        "Which is bigger, {}?", "Which is the larger number, {}?", "Which is more, {}?", "Tell me the bigger number: {}", "What is the greater of {}?",
        "Choose the bigger one: {}", "Is it {} that is larger?", "Pick the bigger number: {}", "Which of these is greater: {}?", "The larger one of {} is?", "Name the higher number, {}.", "Which number is higher: {}?"],
    "sort_numbers": [
        "Sort these numbers: {}", "Please sort {}", "Arrange these numbers from lowest to highest: {}", "Put these numbers in ascending order: {}", "Sort from smallest to largest: {}",
        "Order these numbers: {}", "Arrange in increasing order: {}", "Can you sort the numbers {}?", "Write these numbers in order of size: {}", "Line these numbers up, smallest first: {}", "Rank these numbers from low to high: {}", "Numbers to sort: {}"],
    "future_tense": [
        "Rewrite this in the future tense: {}", "Say this in the future: {}", "Turn this into future tense: {}", "Put this into the future: {}", "Change to future tense: {}", "Make this sentence future tense: {}",
        "Please write this in the future tense: {}", "Give me the future tense of this sentence: {}", "It happens tomorrow, so put it in the future: {}", "Convert to the future with will: {}", "In the future tense, please: {}", "Use will: {}"],
    "negation": [
        "Make this negative: {}", "Say the opposite with not: {}", "Turn this into a negative sentence: {}", "Write the negative of this: {}", "Negative form: {}", "Put a not into this sentence: {}",
        "Deny this: {}", "Please negate this sentence: {}", "Say that this is not so: {}", "Give me the negative form of this sentence: {}", "Rewrite with does not: {}", "Change to a negative: {}"],
    "question": [
        "Make this a question: {}", "Turn this into a question: {}", "Ask this as a question: {}", "Question form: {}", "Put this as a question: {}", "Rewrite as a question: {}",
        "Please form a question from this: {}", "Change this statement into a question: {}", "How do I ask this: {}", "Give me the question for this sentence: {}", "Convert to a yes or no question: {}", "Ask whether this is so: {}"],
    "even_or_odd": [
        "Is {} even or odd?", "Tell me whether {} is even or odd.", "Even or odd: {}", "Is the number {} odd or even?", "{}, is it even or odd?", "Say if {} is odd or even.",
        "Does {} count as even or as odd?", "Odd or even, {}?", "Check whether {} is even.", "Is {} an even number or an odd one?", "Which is {}, even or odd?", "Decide if {} is odd."],
    "next_number": [
        "What comes after {}?", "Which number follows {}?", "What is the next number after {}?", "Count on from {}.", "Name the number after {}.", "Next number: {}",
        "Tell me the number that follows {}.", "After {} comes which number?", "What number comes next, after {}?", "Go one up from {}.", "Give me the number after {}.", "One more than {}?"],
    "passive": [
        "Make this passive: {}", "Passive voice: {}", "Turn this into the passive: {}", "Rewrite in passive form: {}", "Put this in the passive voice: {}", "Say this in the passive: {}",
        "Change from active to passive: {}", "Give me the passive of this sentence: {}", "Please write this in the passive voice: {}", "What is the passive form of this: {}", "Convert to passive voice: {}", "Use the passive voice: {}"],
    "python_code": [
        "Write a Python program to {}.", "Python code to {}, please.", "Show me Python that can {}.", "How do I {} in Python?", "Write some Python to {}.", "Use Python to {}.",
        "I need Python code to {}.", "Can you write Python to {}?", "With Python, {}.", "Give me code in Python to {}.", "Write a short Python script to {}.", "Code in Python: {}"],
    "add": [
        "What does {} make?", "How much is {}?", "Work out {}.", "What is the sum {}?", "Calculate {}.", "Tell me what {} is.", "Please add {}.", "Find the sum: {}", "What do you get for {}?", "Solve {}.", "{} is what?", "Add up {}."],
    "subtract": [
        "What does {} leave?", "How much is {}?", "Work out {}.", "What is the difference {}?", "Calculate {}.", "Tell me what {} is.", "Please subtract: {}", "Find the difference: {}", "What do you get for {}?", "Solve {}.", "{} is what?", "Take away: {}"],
    "odd_one_out": [
        "Which one is the odd one out: {}", "Which word is different: {}", "What does not fit: {}", "Which of these does not fit in: {}", "Which is not like the others: {}", "Spot the odd one out: {}",
        "Pick the word that does not fit: {}", "One of these does not belong, which one: {}", "Tell me the odd word out: {}", "Which one does not match the rest: {}", "Find the word that does not belong: {}", "Name the stranger in this group: {}"],
    "close_brackets": [
        "Close the brackets: {}", "Complete the brackets: {}", "Which closing brackets are missing here: {}", "Finish this bracket sequence: {}", "Balance these brackets: {}", "Add the missing brackets: {}",
        "What brackets close this: {}", "Close every open bracket in {}", "Close what is still open: {}", "Give the closing brackets for {}", "Please close these brackets: {}", "Match the open brackets: {}"],
    "count_objects": [
        "How many things are there: {}", "How many objects do I have: {}", "Count my things: {}", "Count everything: {}", "How many items is that: {}", "What is the total number of things: {}",
        "Please count the items: {}", "Count what I have: {}", "How many is that in all: {}", "Give me the number of objects: {}", "Tell me the count: {}", "How many do I own altogether: {}"],
    "uppercase": [
        "Write the word {} in capitals.", "Put {} in capital letters.", "{} in capitals, please.", "Capitalize every letter of {}.", "Change {} to upper case.", "Turn {} into capital letters.",
        "How does {} look in capitals?", "Type {} in all caps.", "All caps: {}", "Upper case of {}?", "Write {} in big letters.", "Shout the word {} in capitals."],
    "first_letter": [
        "What letter does {} start with?", "What is the first letter of {}?", "Which letter comes first in {}?", "With which letter does the word {} begin?", "Tell me the first letter of {}.", "{} starts with which letter?",
        "The word {} begins with the letter?", "Name the first letter in {}.", "Initial letter of {}?", "Give me the first letter of the word {}.", "What is the initial of {}?", "Which letter is at the start of {}?"],
}

# Attributes: what a request may call the thing, the mood, and the text asked for.

THINGS = {
    "hotels": ["a hotel", "a guest house", "an inn", "the hotel", "my hotel", "a hotel stay", "a small hotel", "the inn", "a hotel by the sea", "our guest house"],
    "restaurants": ["a restaurant", "a cafe", "a place to eat", "the restaurant", "a pizza place", "a dinner out", "a small cafe", "my favourite restaurant", "the new restaurant", "our local cafe"],
    "movies": ["a movie", "a film", "the movie", "a film at the cinema", "a new film", "an old movie", "the film", "last night's movie", "a movie I could watch", "a comedy film"],
    "games": ["a game", "a video game", "the game", "a computer game", "a new game", "the video game", "a puzzle game", "my favourite video game", "an online game", "a racing game"],
    "phones": ["a phone", "a tablet", "a laptop", "the phone", "my phone", "a new phone", "a mobile phone", "an old laptop", "the tablet", "your phone"],
    "books": ["a book", "a novel", "the book", "a new novel", "a story book", "an old book", "the novel", "my favourite book", "a long novel", "a library book"],
    "clothing": ["a dress", "a shirt", "a coat", "a skirt", "a sweater", "a new dress", "my coat", "some clothes", "a piece of clothing", "the sweater"],
    "cars": ["a car", "a van", "a truck", "the car", "my car", "a new car", "a family car", "an old van", "a rented car", "our truck"],
}
MOODS = {
    "positive": ["happy", "cheerful", "glowing", "nice", "positive", "good", "kind", "friendly", "warm", "enthusiastic", "five star", "praising", "delighted", "favourable"],
    "negative": ["angry", "bad", "unhappy", "negative", "harsh", "grumpy", "critical", "nasty", "disappointed", "one star", "sour", "furious", "gloomy", "scathing"],
}
TOPIC_REQUESTS = [
    "Write a few words about {thing}.", "Write a review of {thing}.", "Tell me about {thing}.", "Describe {thing}.", "Say something about {thing}.", "Review {thing}.",
    "Write about {thing}.", "Give me a short review of {thing}.", "I want to read about {thing}.", "Write a short text about {thing}.", "What can you say about {thing}?",
    "Can you write about {thing}?", "Please describe {thing} for me.", "Give your opinion of {thing}.", "What do you think of {thing}?", "Write two sentences about {thing}.",
    "Make up a review of {thing}.", "Let us talk about {thing}.", "How was {thing}?", "Tell your friends about {thing}."]
MOOD_REQUESTS = {
    "positive": [
        "Say something nice.", "Write something {mood}.", "Be {mood}.", "Cheer me up.", "Write a {mood} text.", "Give me some {mood} words.", "Tell me something {mood}.", "Write a {mood} review.",
        "Praise something.", "Say what you love.", "Write in a {mood} tone.", "I want to hear something {mood}.", "Make me smile.", "Write a review full of praise.", "Tell me what you enjoyed.",
        "Talk about something you like.", "Please sound {mood}.", "Recommend something.", "Give me a {mood} comment.", "Use a {mood} voice."],
    "negative": [
        "Say something bad.", "Write something {mood}.", "Be {mood}.", "Complain.", "Write a {mood} text.", "Give me some {mood} words.", "Tell me something {mood}.", "Write a {mood} review.",
        "Complain about something.", "Say what you hate.", "Write in a {mood} tone.", "I want to hear something {mood}.", "Write a complaint.", "Write a review full of anger.", "Tell me what annoyed you.",
        "Talk about something you dislike.", "Please sound {mood}.", "Warn me about something.", "Give me a {mood} comment.", "Use a {mood} voice."],
}
BOTH_REQUESTS = {
    "positive": [
        "Write a {mood} review of {thing}.", "Say something {mood} about {thing}.", "Write a {mood} text about {thing}.", "Give me a {mood} review of {thing}.", "Be {mood} about {thing}.", "Praise {thing}.",
        "Tell me why you love {thing}.", "Describe {thing} in a {mood} way.", "Recommend {thing}.", "Write {mood} words about {thing}.", "Tell me what is good about {thing}.", "Write about {thing} in a {mood} tone.",
        "I loved {thing}, write that down for me.", "Make up a {mood} comment on {thing}.", "Sound {mood} and review {thing}.", "Write how great {thing} is."],
    "negative": [
        "Write a {mood} review of {thing}.", "Say something {mood} about {thing}.", "Write a {mood} text about {thing}.", "Give me a {mood} review of {thing}.", "Be {mood} about {thing}.", "Complain about {thing}.",
        "Tell me why you hate {thing}.", "Describe {thing} in a {mood} way.", "Warn me about {thing}.", "Write {mood} words about {thing}.", "Tell me what is bad about {thing}.", "Write about {thing} in a {mood} tone.",
        "I hated {thing}, write that down for me.", "Make up a {mood} comment on {thing}.", "Sound {mood} and review {thing}.", "Write how awful {thing} is."],
}

# Wordings that no adapter and no router is trained on; they check both.

CHECK_SKILLS = {
    "past_tense": ["Tell me this as if it were over: {}", "Past form of this sentence: {}", "Transform into the past tense: {}", "I need this sentence in the past tense: {}"],
    "number_words": ["What are the words for {}?", "Express {} in words.", "Give {} as a written number.", "I have to write {} out in words."],
    "bigger_number": ["Which one is the greatest, {}?", "Give me the bigger one of {}.", "I need the larger number: {}", "Who wins, {}?"],
    "sort_numbers": ["Bring these numbers into order: {}", "From lowest to highest, sort {}", "I need these numbers sorted: {}", "Sorted list of {}"],
    "future_tense": ["Tell me this as a plan for tomorrow: {}", "Future form of this sentence: {}", "Transform into the future tense: {}", "I need this sentence in the future tense: {}"],
    "negation": ["Negative version of this: {}", "Transform this into a negative sentence: {}", "I need this sentence with not: {}", "Tell me that this is not true: {}"],
    "question": ["What would the question be: {}", "Transform into a question: {}", "I need this sentence as a question: {}", "Make me ask this: {}"],
    "even_or_odd": ["I wonder if {} is even or odd.", "Would you call {} even or odd?", "The number {}, odd or even?", "What is {}, odd or even?"],
    "next_number": ["I count to {}, what is next?", "Which number is just above {}?", "Say the number right after {}.", "What follows {} when you count?"],
    "passive": ["Passive form of: {}", "Transform this into the passive voice: {}", "I need this sentence in the passive: {}", "Reword with a passive verb: {}"],
    "python_code": ["What is the Python code to {}?", "I want a Python script to {}.", "Let Python {}.", "Make a Python program to {}."],
    "add": ["Do the sum {}.", "What is the result of {}?", "I need to know {}.", "Sum: {}"],
    "subtract": ["Do the subtraction {}.", "What is the result of {}?", "I need to know {}.", "Minus: {}"],
    "odd_one_out": ["Which word is the stranger: {}", "Leave out the word that does not fit: {}", "What is the odd one here: {}", "Three go together, which does not: {}"],
    "close_brackets": ["Write the brackets that are missing: {}", "How do these brackets end: {}", "End this sequence of brackets: {}", "I left these brackets open: {}"],
    "count_objects": ["What is the count: {}", "How many does that make: {}", "Total up my things: {}", "I lost count, how many: {}"],
    "uppercase": ["I want {} in capitals.", "Use capital letters for {}.", "Make {} all capitals.", "Print {} in upper case letters."],
    "first_letter": ["Tell me how {} starts, one letter.", "Which letter begins {}?", "I need the first letter of {}.", "Letter one of {}?"],
}
CHECK_THINGS = {
    "hotels": ["a city hotel", "an old inn", "the hotel on the hill"], "restaurants": ["a family restaurant", "a street cafe", "a good place for lunch"],
    "movies": ["a long film", "a movie for children", "the latest film"], "games": ["a card game on the computer", "a strange video game", "a game for two"],
    "phones": ["a cheap phone", "a small tablet", "my work laptop"], "books": ["a thick book", "a love novel", "a book for the train"],
    "clothing": ["a winter coat", "a red dress", "a wool sweater"], "cars": ["a small car", "a used van", "a pickup truck"],
}
CHECK_MOODS = {"positive": ["lovely", "joyful", "admiring"], "negative": ["bitter", "mean", "annoyed"]}
CHECK_TOPIC_REQUESTS = ["I am curious about {thing}.", "Write some lines on {thing}.", "Share your thoughts on {thing}.", "Do you know {thing}?", "Compose a text about {thing}."]
CHECK_MOOD_REQUESTS = {
    "positive": ["Say a few {mood} words.", "I need some praise.", "Let me hear something {mood}.", "Speak in a {mood} way.", "Tell me the good side."],
    "negative": ["Say a few {mood} words.", "I need a rant.", "Let me hear something {mood}.", "Speak in a {mood} way.", "Tell me the bad side."],
}
CHECK_BOTH_REQUESTS = {
    "positive": ["Compose a {mood} text on {thing}.", "Why is {thing} so good?", "Say {mood} things about {thing}.", "Thank the people behind {thing}."],
    "negative": ["Compose a {mood} text on {thing}.", "Why is {thing} so bad?", "Say {mood} things about {thing}.", "Write a complaint about {thing}."],
}

# The wordings of the task collection itself, for the router: the adapters see them with the tasks.

TASK_WORDINGS = {
    "past_tense": ["Change this sentence to the past tense: {}", "Put the sentence in the past: {}", "Past tense: {}", "Rewrite in the past tense: {}"],
    "number_words": ["Write the number {} in words.", "How do you write {} in words?", "Spell the number {}.", "Number {} as words:"],
    "bigger_number": ["Which number is bigger, {}?", "Which is larger: {}?", "Pick the larger number: {}", "Bigger number: {}"],
    "sort_numbers": ["Sort these numbers from small to large: {}", "Put the numbers in order: {}", "Sort: {}", "Order the numbers, smallest first: {}"],
    "future_tense": ["Change this sentence to the future tense: {}", "Put the sentence in the future: {}", "Future tense: {}", "Rewrite in the future tense: {}"],
    "negation": ["Negate the sentence: {}", "Make this sentence negative: {}", "Write the negation of this sentence: {}", "Rewrite with not: {}"],
    "question": ["Turn the sentence into a question: {}", "Make a question of this: {}", "Write this sentence as a question: {}", "Question: {}"],
    "even_or_odd": ["Is {} an even or an odd number?", "Even or odd is {}?", "Is the number {} even or odd?", "{} is even or odd?"],
    "next_number": ["What number comes after {}?", "Which number is next after {}?", "Write the number after {}.", "The number after {} is"],
    "passive": ["Rewrite the sentence in the passive voice: {}", "Change this active sentence to passive: {}", "Make this sentence passive: {}", "Put the following sentence into passive form: {}"],
    "python_code": ["Write Python code to {}.", "In Python, {}.", "Python: {}", "Give me a Python program to {}."],
    "add": ["What is {}?", "Compute {}.", "Add: {}", "{} ="],
    "subtract": ["What is {}?", "Compute {}.", "Subtract: {}", "{} ="],
    "odd_one_out": ["Find the odd one out: {}", "Odd one out: {}"],
    "close_brackets": ["Close all open brackets: {}", "Write the missing closing brackets for {}"],
    "count_objects": ["Count the objects: {}", "Tell me how many items I have: {}"],
    "uppercase": ["Write {} in capital letters.", "Make {} upper case."],
    "first_letter": ["What is the first letter of the word {}?", "Write the first letter of {}.", "Give the letter that {} starts with.", "First letter of {}:"],
}

# Sentences that no adapter is for: chat, stories, questions about the world.

BASE = [
    "Hello!", "Hi there.", "Good morning.", "How are you today?", "What is your name?", "Who are you?", "Thank you, {name}.", "My name is {name}.", "Where do you live, {name}?", "Do you like the {word}?",
    "Tell me a story about a {animal}.", "Tell me a story about {name} and the {animal}.", "Once upon a time there was a {role}.", "Write a poem about the {word}.", "Sing a song about a {animal}.",
    "What is the capital of France?", "Who was the first {role} in space?", "Why is the sky blue?", "How tall is a {animal}?", "What does a {animal} eat?", "Where does the {animal} sleep?",
    "What time is it?", "What is the weather like today?", "Will it rain tomorrow, {name}?", "Set an alarm for seven.", "Remind me to buy a {word}.", "Call {who}.", "Send a message to {name}.",
    "Play some music by {name}.", "Turn on the lights.", "Where is my {word}?", "What is a {word}?", "How does a {word} work?", "Who made the first {word}?", "What do you call a young {animal}?",
    "What is your favourite colour, {name}?", "Do you have any brothers or sisters?", "I like the colour {colour}.", "My {animal} is {colour}.", "I went to the {word} with {name}.", "I work as a {role}.",
    "What did you do at the weekend?", "I feel tired today.", "I am hungry.", "Tell me a joke about a {role}.", "Do you know {name}?", "How do I become a {role}?", "What does a {role} do all day?",
    "How far is it to the {word}?", "Can you help me, {name}?", "Translate the {word} into French.", "Give me a recipe for soup.", "How do I fix a broken {word}?", "Explain how a {word} is made.",
    "Let us meet at the {word}.", "Happy birthday, {name}!", "See you tomorrow, {name}.", "Goodbye, {name}.", "What is the meaning of life?", "Is there life on the {word}?", "How old is {who}?",
    "Book a table for {name}.", "What is on my calendar?", "Order a taxi to the {word}.", "Transfer money to {name}.", "What is my balance?", "Find my {word}.", "How do you spell {name}?",
    "Who wrote the {word}?", "When was the {word} built?", "Does {who} have a {animal}?", "The {animal} ran over the {word}.", "{name} is looking for a {colour} {word}.", "Can a {animal} swim?",
]
CHECK_BASE = [
    "Nice to meet you, {name}.", "What are you doing, {name}?", "How is {who}?", "Could you tell me a tale of a {animal}?", "Give me a bedtime story with a {role}.", "What is the largest city in Spain?",
    "When does the sun rise?", "Switch off the radio.", "Wake me at six, please.", "How many legs does a {animal} have?", "Why do people need a {word}?", "I lost my {word} yesterday.",
    "Are you a {role}?", "I would like to learn to play the violin.", "Have you seen the {colour} {animal}?", "What should I cook tonight?", "My head hurts.", "Where can I find a {role}?",
]
