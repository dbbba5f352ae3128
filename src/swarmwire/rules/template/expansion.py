"""Whether a template can be expanded: the way in, which loads the rest when there is one."""

from swarmwire import pb
from swarmwire.rules.template.values import LEFT

_MOST = 256
_SHORT = 1000
_known: dict[str, str] = {}
"""Short templates and their outputs: many services have the same few."""


def may_hold_templates(message: pb.Message) -> bool:
    """Whether any of the texts in the message may be a template. Most have none: this is quick."""
    return LEFT.encode() in message.SerializeToString()


def expand(text: str) -> str:
    """The text with its templates expanded for a manager's made-up task.

    Bytes that are not UTF-8 come out as Python's ``surrogateescape`` writes them.

    Raises:
        TemplateError: Go cannot read or execute it.
        UnjudgedError: it may be fine, but takes too long or nests too deep to find out.
    """
    if LEFT not in text:
        return text
    output = _known.get(text)
    return _expanded(text) if output is None else output


def _expanded(text: str) -> str:
    # few specs have a template, and what follows takes long to import
    from swarmwire.rules.template.execute import execute  # noqa: PLC0415

    output = execute(text)
    if len(text) < _SHORT and len(output) < _SHORT:
        if len(_known) >= _MOST:
            _known.clear()
        _known[text] = output
    return output
