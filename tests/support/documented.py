"""Commands in a page with what they print, held against what they really print.

What differs from run to run is masked on both sides: ids, times, indexes, the node's name, the
width of columns. Three dots, on a line of their own or at the end of one, stand for what the page
leaves out.
"""

import re
import socket
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LEFT_OUT: Final = "..."
_NODE: Final = "node-1"
"""What pages call the machine that a command ran on."""
_MASKS: Final = (
    (re.compile(r"sha256:[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"\b[0-9a-z]{25}\b"), "<id>"),
    (re.compile(r"^([-+~=] )?[0-9a-z]{12}\b", re.MULTILINE), r"\1<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (re.compile(r"\([^()]+ ago\)"), "<age>"),
    (re.compile(r"raft ID [0-9a-f]+"), "raft ID <id>"),
    (re.compile(r"\b20\.10\.\S+"), "<engine>"),
    (re.compile(r"(index|of|to) \d+\b"), r"\1 <index>"),
    (re.compile(r" +$", re.MULTILINE), ""),
    (re.compile(r" {2,}(?=\S)"), "  "),
)


def commands(page: str) -> list[tuple[str, str]]:
    """Each swarmwire command of a page (its path in the project) that shows what it prints."""
    found = []
    for command, output in shell_lines((ROOT / page).read_text(encoding="utf-8")):
        program, _, arguments = command.partition(" ")
        if program == "swarmwire" and output:
            found.append((arguments, output))
    return found


def shell_lines(text: str) -> list[tuple[str, str]]:
    """Each command of a page's text, or of a part of it, with what it prints."""
    found = []
    for block in _CONSOLE.findall(text):
        for part in re.split(r"^[$#] ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def is_what_was_printed(shown: str, printed: str) -> bool:
    """Whether the page shows what a command printed."""
    pattern = "".join(map(_pattern, _masked(shown).splitlines()))
    return re.fullmatch(pattern, _masked(printed)) is not None


def _pattern(line: str) -> str:
    if line == _LEFT_OUT:
        return r"(?:.*\n)*?"
    if line.endswith(f" {_LEFT_OUT}"):
        return re.escape(line.removesuffix(f" {_LEFT_OUT}")) + r".*\n(?:.*\n)*?"
    return re.escape(line) + r"\n"


def _masked(text: str) -> str:
    text = re.sub(rf"\b{re.escape(socket.gethostname())}\b", _NODE, text)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text.rstrip("\n") + "\n"
