"""The normal form of the options of a service that never become part of it in a swarm.

Source: docker/cli cli/compose/types/types.go, ServiceConfig and BuildConfig.
"""

from typing import Final

from swarmwire.stack.forms.leaves import Text, TextMap, Texts, Truth
from swarmwire.stack.forms.records import Record
from swarmwire.stack.forms.service_parts import Hosts
from swarmwire.stack.places import Located
from swarmwire.stack.texts.go_values import sprint

_text, _texts, _truth = Text(), Texts(), Truth()
_text_or_texts = Texts(lambda text: [text], kind="string list")


class _TextsOfAny(Texts):
    """A list of texts, which may be written as numbers."""

    def _read(self, located: Located, name: str, reading: object) -> Located:
        del name, reading
        return located.with_value([one.with_value(sprint(one.value)) for one in located.value])


def _build(located: Located) -> Located:
    is_text = isinstance(located.value, str)
    return located.with_value({"context": located}) if is_text else located


UNSENT: Final = Record(
    {
        "build": Record(
            {
                "context": _text,
                "dockerfile": _text,
                "args": TextMap(keeps_null=True),
                "labels": TextMap(),
                "cache_from": _text_or_texts,
                "extra_hosts": Hosts(),
                "network": _text,
                "target": _text,
            },
            short=_build,
        ),
        "cgroup_parent": _text,
        "cgroupns_mode": _text,
        "container_name": _text,
        "depends_on": _texts,
        "devices": _texts,
        "expose": _TextsOfAny(),
        "external_links": _texts,
        "ipc": _text,
        "links": _texts,
        "mac_address": _text,
        "network_mode": _text,
        "pid": _text,
        "privileged": _truth,
        "security_opt": _texts,
        "tmpfs": _text_or_texts,
        "userns_mode": _text,
    }
)
"""Read, shown by ``docker stack config``, and dropped by a deploy."""
