"""Folders of real managers, and the texts beside them that say what each must give."""

import re
from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).parents[2] / "raftstore/samples"


def tar_of(name: str) -> Path:
    """The tar of a sample."""
    return SAMPLES / f"{name}.tar.xz"


def told(name: str) -> str:
    """The text beside the sample."""
    return (SAMPLES / f"{name}.txt").read_text()


def unlock_keys(name: str) -> tuple[str, ...]:
    """The unlock key of a sample, if it is locked."""
    found = re.search(r"^Unlock key: (SWMKEY\S+)", told(name), re.MULTILINE)
    return (found[1],) if found else ()


def older_unlock_keys(name: str) -> list[str]:
    """Unlock keys that it had before, of which the text says that they must fail."""
    (line,) = re.findall(r"^Note: .*\(must FAIL\).*$", told(name), re.MULTILINE)
    return re.findall(r"SWMKEY-1-[\w+/]+", line)
