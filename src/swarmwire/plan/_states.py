"""The states of tasks and nodes that decide something, by name."""

from typing import Final

from swarmwire.convert._enums import NODE_STATE, TASK_STATE

READY: Final = TASK_STATE.words["ready"]
RUNNING: Final = TASK_STATE.words["running"]
COMPLETE: Final = TASK_STATE.words["complete"]
REMOVE: Final = TASK_STATE.words["remove"]

NODE_DOWN: Final = NODE_STATE.words["down"]
NODE_READY: Final = NODE_STATE.words["ready"]
