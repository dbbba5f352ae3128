"""Templates, and the headers that go with every page: nothing from elsewhere, nothing inline."""

from typing import Any, Final

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.page", err) from err

from swarmwire.page.texts import seconds_in_words, shown, value_text, whole

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Server": "swarmwire",
    "X-Content-Type-Options": "nosniff",
}

_environment: Final = Environment(
    loader=PackageLoader("swarmwire.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(shown=shown, whole=whole, value=value_text, duration=seconds_in_words)


def render(template: str, **values: Any) -> str:
    """The HTML of a template."""
    return _environment.get_template(template).render(**values)
