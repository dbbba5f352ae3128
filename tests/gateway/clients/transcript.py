"""What a client said at each step, without what is another one at each run."""

import json
import re
from collections.abc import Callable
from typing import Any

TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?\+0000 UTC| ?\+00:00)?"
    r"|([Aa]bout |[Ll]ess than )?(an?|\d+) (seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
)
TOKEN = re.compile(r"SWMTKN-1-[0-9a-z-]+")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
ID = re.compile(r"\b([0-9a-z]{25}|[0-9a-z]{12}|[0-9a-f]{64})\b")
UNSAYABLE = re.compile(r"\d|[^aeiouy]{4}")
ADDRESS = re.compile(r"\b(\d+\.\d+\.\d+\.\d+)(/\d+)?\b")
KEY = re.compile(r"\b[0-9A-Za-z+/]{60,}={0,2}")
VERSION = re.compile(r'("Index": |\?version=)\d+')
PROGRESS = re.compile(r"overall progress|verify: |\d+/\d+: |job (progress|complete)|active tasks")


class Transcript:
    """Steps of a client with what came of them.

    Ids become numbers in the order in which they first appear, so that an id in the wrong place is
    seen; times and tokens become words.
    """

    def __init__(self, host: str) -> None:
        self._host = re.compile(rf"\b{re.escape(host)}\b")
        self._ids: dict[str, str] = {}
        self.steps: list[tuple[str, str]] = []

    def add(self, step: str, told: Any, *, is_ordered: bool = True) -> None:
        """Note what came of a step: a text, or anything that JSON can hold."""
        text = told if isinstance(told, str) else json.dumps(told, indent=1, default=str)
        text = self.plain(text)
        self.steps.append((step, text if is_ordered else "\n".join(sorted(text.splitlines()))))

    def note(self, step: str, done: Callable[[], Any]) -> Any:
        """Do a step and note what comes of it, which is returned: None if it fails."""
        try:
            told = done()
        except Exception as err:  # noqa: BLE001 - what a client makes of an answer
            self.add(step, f"{type(err).__name__}: {err}")
            return None
        self.add(step, told)
        return told

    def plain(self, text: str) -> str:
        """A text without what is another one at each run."""
        text = TOKEN.sub("TOKEN", CERTIFICATE.sub("CERTIFICATE", text))
        text = ID.sub(self._numbered, TIME.sub("TIME", text))
        text = ADDRESS.sub("ADDRESS", self._host.sub("HOST", text))
        text = KEY.sub("KEY", VERSION.sub(r"\1VERSION", text))
        lines = (line.rstrip() for line in text.splitlines())
        return "\n".join(line for line in lines if not PROGRESS.match(line))

    def _numbered(self, found: re.Match[str]) -> str:
        """The number of an id; the beginning of one has the same."""
        text = found.group()
        known = next((one for one in self._ids if one.startswith(text)), "")
        if not known and not UNSAYABLE.search(text):
            return text  # a word that is as long as an id
        return self._ids.setdefault(known or text, f"ID{len(self._ids) + 1}")


def differences(ours: Transcript, theirs: Transcript) -> dict[str, tuple[str, str]]:
    """The steps of which something else came, with what did: ours, theirs."""
    assert [step for step, _ in ours.steps] == [step for step, _ in theirs.steps]
    pairs = zip(ours.steps, theirs.steps, strict=True)
    return {our[0]: (our[1], their[1]) for our, their in pairs if our[1] != their[1]}
