"""What goes wrong with a template."""


class TemplateError(Exception):
    """Go refuses the template. ``str`` of it is Go's own text."""


class TooMuchWorkError(Exception):
    """The template is well formed, but works longer than we care to follow."""


class FunctionError(Exception):
    """A function of the template refuses its arguments."""
