"""All adapters of the real demo, and the mixes that are measured."""
import desks
import events
import formal
import sentiment
import tickets
import tones
from rows import Task

TASKS: dict[str, Task] = {**desks.TASKS, **tones.TASKS, **events.TASKS, **formal.TASKS, **tickets.TASKS, **sentiment.TASKS}
MIXES = [("pirate", "hotel_desk"), ("pirate", "bike_shop")]  # a tone and a domain
