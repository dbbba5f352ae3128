"""What tests start, and what has to leave nothing behind."""

from abc import ABC, abstractmethod
from typing import Self


class Started(ABC):
    """Something with a start and an end, for a ``with`` statement: gone even if it cannot start."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    @abstractmethod
    def start(self) -> None:
        """Start it, and wait until it is of use."""

    @abstractmethod
    def remove(self) -> None:
        """End it, if it runs, and delete what it kept."""
