"""Go's text/template, as a manager uses it to see whether a template can be expanded."""

from swarmwire.rules.template.expansion import expand, may_hold_templates
from swarmwire.rules.template.values import (
    TemplateError,
    TooDeepError,
    TooMuchWorkError,
    UnjudgedError,
)

__all__ = [
    "TemplateError",
    "TooDeepError",
    "TooMuchWorkError",
    "UnjudgedError",
    "expand",
    "may_hold_templates",
]
