"""Which extra of swarmwire brings which library, and what to say when one is missing."""

from typing import Final

EXTRAS: Final = {
    "aiohttp": ("serve", "aiohttp"),
    "backports": ("recovery", "backports.zstd"),
    "click": ("cli", "click"),
    "cryptography": ("recovery", "cryptography"),
    "google_crc32c": ("recovery", "google-crc32c"),
    "grpc": ("control", "grpcio"),
    "jinja2": ("page", "jinja2"),
    "prometheus_client": ("serve", "prometheus-client"),
    "nacl": ("recovery", "pynacl"),
    "pytest": ("testing", "pytest"),
    "rich": ("cli", "rich"),
    "yaml": ("stack", "pyyaml"),
}
"""By the name that is imported: the extra, and the library's name where it is installed from."""


def needed(what: str, name: str | None, extra: str = "") -> str:
    """That ``what`` needs a module that is missing, and what to install; empty if unknown.

    Args:
        what: what cannot be done, or imported.
        name: the name of the module, as the error has it.
        extra: the one that brings all that ``what`` needs, if it needs more than this module.
    """
    known = EXTRAS.get((name or "").partition(".")[0])
    if known is None:
        return ""
    its_own, library = known
    return f"{what} needs {library}: pip install 'swarmwire[{extra or its_own}]'"


def missing(module: str, err: ModuleNotFoundError) -> ModuleNotFoundError:
    """The error for a module of ours that cannot be imported: with what to install, if we know."""
    reason = needed(module, err.name)
    return ModuleNotFoundError(reason, name=err.name, path=err.path) if reason else err
