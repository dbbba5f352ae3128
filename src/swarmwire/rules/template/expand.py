"""From the text of a template to its output."""

from swarmwire.rules.template.execute import execute
from swarmwire.rules.template.lex import LEFT
from swarmwire.rules.template.parse import parse
from swarmwire.rules.template.values import normal


def expand(text: str) -> str:
    """The text with its templates expanded for a manager's made-up task.

    Bytes that are not UTF-8 come out as Python's ``surrogateescape`` writes them.

    Raises:
        TemplateError: Go cannot read or execute it.
        TooMuchWorkError: it may be fine, but takes too long to find out.
    """
    if LEFT not in text:
        return text
    return normal(execute(text, parse(text)))
