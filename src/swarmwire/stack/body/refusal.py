"""What stops the conversion of one object, before it is known which object it is."""

from swarmwire.errors import StackError
from swarmwire.stack.places import Located


class Refusal(Exception):
    """The docker command refuses to convert something.

    Attributes:
        reason: its words.
        located: what it is about.
    """

    def __init__(self, reason: str, located: Located) -> None:
        super().__init__(reason)
        self.reason = reason
        self.located = located

    def error(self, before: str, path: str) -> StackError:
        """The error for users.

        Args:
            before: what the docker command puts before its words.
            path: the object in the stack file.
        """
        return StackError(
            "convert", before + self.reason, **self.located.place._asdict(), path=path
        )
