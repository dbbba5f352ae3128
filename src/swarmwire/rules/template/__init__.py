"""Go's text/template, as a manager uses it to see whether a template can be expanded."""

from swarmwire.rules.template.errors import TemplateError, TooMuchWorkError
from swarmwire.rules.template.expand import expand

__all__ = ["TemplateError", "TooMuchWorkError", "expand"]
