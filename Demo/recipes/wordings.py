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
    "close_brackets": [
        "Close the brackets: {}", "Complete the brackets: {}", "Which closing brackets are missing here: {}", "Finish this bracket sequence: {}", "Balance these brackets: {}", "Add the missing brackets: {}",
        "What brackets close this: {}", "Close every open bracket in {}", "Close what is still open: {}", "Give the closing brackets for {}", "Please close these brackets: {}", "Match the open brackets: {}"],
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
    "future_tense": ["Tell me this as a plan for tomorrow: {}", "Future form of this sentence: {}", "Transform into the future tense: {}", "I need this sentence in the future tense: {}"],
    "negation": ["Negative version of this: {}", "Transform this into a negative sentence: {}", "I need this sentence with not: {}", "Tell me that this is not true: {}"],
    "question": ["What would the question be: {}", "Transform into a question: {}", "I need this sentence as a question: {}", "Make me ask this: {}"],
    "even_or_odd": ["I wonder if {} is even or odd.", "Would you call {} even or odd?", "The number {}, odd or even?", "What is {}, odd or even?"],
    "next_number": ["I count to {}, what is next?", "Which number is just above {}?", "Say the number right after {}.", "What follows {} when you count?"],
    "passive": ["Passive form of: {}", "Transform this into the passive voice: {}", "I need this sentence in the passive: {}", "Reword with a passive verb: {}"],
    "close_brackets": ["Write the brackets that are missing: {}", "How do these brackets end: {}", "End this sequence of brackets: {}", "I left these brackets open: {}"],
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
    "future_tense": ["Change this sentence to the future tense: {}", "Put the sentence in the future: {}", "Future tense: {}", "Rewrite in the future tense: {}"],
    "negation": ["Negate the sentence: {}", "Make this sentence negative: {}", "Write the negation of this sentence: {}", "Rewrite with not: {}"],
    "question": ["Turn the sentence into a question: {}", "Make a question of this: {}", "Write this sentence as a question: {}", "Question: {}"],
    "even_or_odd": ["Is {} an even or an odd number?", "Even or odd is {}?", "Is the number {} even or odd?", "{} is even or odd?"],
    "next_number": ["What number comes after {}?", "Which number is next after {}?", "Write the number after {}.", "The number after {} is"],
    "passive": ["Rewrite the sentence in the passive voice: {}", "Change this active sentence to passive: {}", "Make this sentence passive: {}", "Put the following sentence into passive form: {}"],
    "close_brackets": ["Close all open brackets: {}", "Write the missing closing brackets for {}"],
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

# More wordings for the router alone, which has to recognise a request however it is put.

MORE_MOODS = {
    "positive": ["pleasant", "sweet", "sunny", "upbeat", "optimistic", "encouraging", "grateful", "thankful", "excited", "merry", "uplifting", "supportive", "generous", "flattering", "proud", "hopeful", "jolly",
                 "fond", "appreciative", "loving", "heartfelt", "thrilled", "satisfied", "enjoyable", "wonderful", "great", "excellent", "amazing", "fantastic", "kindly", "joyous", "complimentary", "gushing", *CHECK_MOODS["positive"]],
    "negative": ["hostile", "rude", "cold", "sad", "upset", "miserable", "hateful", "cross", "irritated", "dissatisfied", "frustrated", "cruel", "unkind", "dreadful", "depressing", "pessimistic", "bleak",
                 "mocking", "sarcastic", "complaining", "moaning", "outraged", "resentful", "annoying", "terrible", "horrible", "unfriendly", "cynical", "awful", "stern", "damning", "ugly", *CHECK_MOODS["negative"]],
}
KINDS = ["new", "old", "big", "small", "little", "cheap", "expensive", "famous", "modern", "local", "simple", "strange", "popular", "certain", "recent", "second", "different", "typical", "German", "French", "blue", "green", "quiet", "fancy"]
NOUNS = {
    "hotels": ["hotel", "inn", "guest house", "hotel room", "hotel lobby", "bed and breakfast", "resort", "motel", "hostel"], "restaurants": ["restaurant", "cafe", "diner", "pizza restaurant", "bistro", "lunch place", "dinner menu", "coffee shop", "snack bar"],
    "movies": ["movie", "film", "comedy film", "action movie", "cartoon film", "cinema film", "thriller", "film with a sad ending", "movie plot"], "games": ["game", "video game", "computer game", "puzzle game", "card game", "online game", "console game", "game level", "board game"],
    "phones": ["phone", "tablet", "laptop", "mobile phone", "smartphone", "cell phone", "phone camera", "phone battery", "laptop screen"], "books": ["book", "novel", "crime novel", "story book", "paperback", "love story", "book of tales", "picture book", "first chapter"],
    "clothing": ["dress", "shirt", "coat", "skirt", "sweater", "jacket", "pair of trousers", "piece of clothing", "summer dress"], "cars": ["car", "van", "truck", "family car", "sports car", "pickup", "company car", "car engine", "delivery van"],
}
OPENINGS = ["Write", "Give me", "Make", "Produce", "Create", "Draft", "Prepare", "Put together", "Come up with", "Invent", "I need", "I want", "I would like", "Could you write", "Can you give me", "Show me", "Let me read", "Please write", "Type", "Leave"]
TEXTS = ["{tone}review", "{tone}text", "{tone}note", "{tone}comment", "{tone}paragraph", "{tone}opinion", "{tone}description", "{tone}report", "{tone}post", "{tone}sentence", "{tone}message", "short {tone}piece", "{tone}remark", "{tone}statement", "{tone}thought"]
MORE_TOPIC_REQUESTS = [
    "What is {thing} like?", "How do you find {thing}?", "Is {thing} any good?", "What should I know about {thing}?", "Have you tried {thing}?", "Any thoughts about {thing}?", "What are your thoughts about {thing}?",
    "What happened with {thing}?", "I am thinking of {thing}.", "I would like to hear about {thing}.", "Talk about {thing}.", "Speak about {thing}.", "Discuss {thing}.", "Let me know about {thing}.", "Inform me about {thing}.",
    "I am interested in {thing}.", "Explain {thing} to me.", "Tell me more about {thing}.", "What comes to mind about {thing}?", "Do you have an opinion on {thing}?", "Comment on {thing}.", "The topic is {thing}.", "It should be about {thing}.",
    "Say a few words on {thing}.", "How would you describe {thing}?", "Did you hear of {thing}?", "Rate {thing}.", "Write down your experience with {thing}."]
MORE_MOOD_REQUESTS = {
    "positive": ["Tell me good news.", "I could use a kind word.", "Sing the praises of something.", "Be full of joy.", "Say that everything is fine.", "Comfort me.", "Encourage me.", "Compliment me.", "Look on the bright side.", "Make my day.",
                 "Show some love.", "Sound {mood}.", "Stay {mood}.", "In a {mood} mood, please.", "Answer in a {mood} way.", "Talk to me in a {mood} manner.", "I want praise.", "Give five stars to something.", "Only good things, please.", "What makes you so {mood}?",
                 "Say thank you for something.", "Speak well of something.", "Say {mood} things.", "A {mood} word, please.", "What went well?"],
    "negative": ["Tell me bad news.", "Rant a little.", "Rant about something.", "Be full of hate.", "Say that everything is wrong.", "Grumble.", "Moan about something.", "Criticize something.", "Insult me.", "Look on the dark side.", "Let it all out.",
                 "Show some anger.", "Sound {mood}.", "Stay {mood}.", "In a {mood} mood, please.", "Answer in a {mood} way.", "Talk to me in a {mood} manner.", "I want a complaint.", "Give one star to something.", "Only bad things, please.", "What makes you so {mood}?",
                 "Ask for your money back.", "Speak badly of something.", "Say {mood} things.", "A {mood} word, please.", "What went wrong?"],
}
MORE_BOTH_REQUESTS = {
    "positive": ["Why do people love {thing}?", "What makes {thing} so great?", "Why is {thing} wonderful?", "Thank someone for {thing}.", "Say that {thing} is fantastic.", "Celebrate {thing}.", "Compliment {thing}.", "Speak well of {thing}.", "Rave about {thing}.",
                 "Admire {thing}.", "Give {thing} five stars.", "List the good points of {thing}.", "What did you like about {thing}?", "Say thanks for {thing}.", "Tell me the good side of {thing}.", "I am so happy with {thing}, say it for me.", "Be {mood} when you describe {thing}.",
                 "Talk about {thing} in a {mood} way.", "What is so {mood} about {thing}?", "Write with love about {thing}.", "Say how good {thing} was."],
    "negative": ["Why do people hate {thing}?", "What makes {thing} so terrible?", "Why is {thing} awful?", "Blame someone for {thing}.", "Say that {thing} is horrible.", "Rant about {thing}.", "Criticize {thing}.", "Speak badly of {thing}.", "Grumble about {thing}.",
                 "Mock {thing}.", "Give {thing} one star.", "List the faults of {thing}.", "What did you dislike about {thing}?", "Send a complaint on {thing}.", "Tell me the bad side of {thing}.", "I am so angry with {thing}, say it for me.", "Be {mood} when you describe {thing}.",
                 "Talk about {thing} in a {mood} way.", "What is wrong with {thing}?", "Write with hate about {thing}.", "Say how bad {thing} was."],
}
MORE_BASE = [
    "Pleased to see you, {name}.", "How are you, {name}?", "What have you been doing?", "Are you a robot?", "Are you happy here?", "Do you speak German?", "Tell me a fairy tale.", "Tell a tale with a {role} and a {animal}.", "Give me a riddle about a {word}.",
    "Make up a story for {name}.", "Read me a bedtime story.", "What is the largest animal?", "What is the smallest planet?", "Which city is the capital of Italy?", "Who discovered the {word}?", "When did the first {role} live?", "When does the shop open?", "When is your birthday, {name}?",
    "How many people live in London?", "How many days are in a week?", "How many eggs does a {animal} lay?", "Why do people sleep?", "Why does a {animal} run away?", "Why is the {word} {colour}?", "Turn off the heating.", "Switch on the lamp, please.", "Wake {name} at eight.",
    "Start the timer.", "Stop the music.", "What should I wear today?", "What should we eat for breakfast?", "What shall I cook for {who}?", "I forgot my {word}.", "I lost the {word} near the {word}.", "I have a headache.", "My foot hurts.", "I am going to bed.", "I would like to learn French.",
    "I want to become a {role}.", "Where can I buy a {word}?", "Where is the nearest {role}?", "Where did {who} go?", "Have you met {name}?", "Have you ever seen a {animal}?", "Is {name} at home?", "Is that {animal} yours?", "Can you hear me?", "Can you open the {word}?", "Could you wait a moment?",
    "It is cold outside.", "It snowed last night.", "The sun is shining.", "{name} and {who} are friends.", "{name} lost a {word}.", "A {role} came to town.", "The {role} sat by the {word}.", "There is a {animal} in the {word}.", "Look at that {colour} {word}!", "That is funny, {name}.", "You are right.",
    "I do not understand.", "Say hello to {name}.", "Say that again, please.", "Who is there?", "Who is {name}?", "Whose {word} is this?", "What is two kilos of apples in pounds?", "How much does a {word} cost?", "How heavy is a {animal}?", "How long does the journey take?", "What is my next meeting?",
]
MORE_SKILLS = {
    "past_tense": ["Yesterday's version of this: {}", "Tell it as something that was: {}", "Use the past tense here: {}", "Set this in the past: {}", "What was it, in the past tense: {}", "Past, please: {}", "Shift this to the past: {}",
                   "Narrate this in the past tense: {}", "Write it as if it happened long ago: {}", "Make it past: {}", "I want the past tense of this: {}", "This is over, so change the verb: {}"],
    "future_tense": ["Tomorrow's version of this: {}", "Tell it as something that will be: {}", "Use the future tense here: {}", "Set this in the future: {}", "What will it be, in the future tense: {}", "Future, please: {}", "Shift this to the future: {}",
                     "Narrate this in the future tense: {}", "Write it as if it were still to come: {}", "Make it future: {}", "I want the future tense of this: {}", "This is planned, so change the verb: {}"],
    "negation": ["Say it is not so: {}", "Turn this around with not: {}", "Use not here: {}", "Contradict this: {}", "Negative, please: {}", "Tell me the negative of this: {}", "I want this sentence negated: {}", "Reverse the meaning with not: {}",
                 "Negate: {}", "Not true, so rewrite it: {}", "Make it negative: {}", "Which is the negative form of this: {}"],
    "question": ["As a question, please: {}", "Ask about this: {}", "Ask me this: {}", "Question this: {}", "Form a question: {}", "Put a question mark on this: {}", "I want to ask this: {}", "Make it a question: {}", "Begin with does: {}",
                 "What is the question form of this: {}", "Write the question: {}", "Turn the statement around into a question: {}"],
    "passive": ["Use the passive here: {}", "Passive, please: {}", "Make it passive: {}", "I want the passive of this: {}", "Write it with was and by: {}", "Swap the roles with the passive: {}", "Express this in the passive voice: {}", "From active to passive: {}"],
    "number_words": ["Give me the words for {}.", "In words, what is {}?", "{} written out, please.", "Write down {} with letters.", "How do I say {}?", "How do you say the number {}?", "Convert {} to words.", "Translate the number {} into words.",
                     "Name the number {} in words.", "Please write {} without digits.", "{} as words?", "Pronounce {}."],
    "bigger_number": ["Compare {} and give the bigger.", "The bigger of {}, please.", "Is {} bigger?", "What is larger, {}?", "Say which is larger, {}.", "Find the maximum of {}.", "Which has the higher value, {}?", "I want the greater number: {}", "Larger: {}", "{}, which is more?"],
    "even_or_odd": ["Can {} be divided by two, even or odd?", "Is {} even?", "Is {} odd?", "Even or odd, the number {}?", "Find out if {} is odd or even.", "Sort {} into even or odd.", "Parity of {}?", "Say even or odd for {}.", "{}: odd or even?", "Do you call {} odd or even?"],
    "next_number": ["What is one above {}?", "Add one to {}.", "Continue counting: {}", "I am at {}, which number comes next?", "Say the next number: {}", "Which number do I say after {}?", "Following number of {}?", "{}, and then?", "The next one after {}, please.",
                    "Count one further than {}.", "What do I get if I count on from {}?", "Successor of {}?"],
    "close_brackets": ["Brackets to close: {}", "Finish the brackets {}", "Which brackets must follow {}", "I want these brackets closed: {}", "Continue until all brackets are closed: {}", "Complete this: {}", "Missing brackets of {}", "Close: {}"],
}
