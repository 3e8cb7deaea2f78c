"""All adapters of the real demo."""
import desks
import events
import formal
import sentiment
import tickets
import tones
from rows import Task

TASKS: dict[str, Task] = {**desks.TASKS, **tones.TASKS, **events.TASKS, **formal.TASKS, **tickets.TASKS, **sentiment.TASKS}
