"""What releases do differently beyond the fields that they know: each such thing has a name.

A quirk is on from its first release to its last one. The code that needs it asks by its name; the
page about releases is made from this table.
"""

from typing import Final, NamedTuple

from swarmwire.releases.release import Release

_OLDEST: Final = "87e1464c43"


class Quirk(NamedTuple):
    """One thing that some releases do, and others do not."""

    name: str
    first: str
    last: str
    """Empty if the newest release does it too."""
    what: str


QUIRKS: Final = (
    # reading JSON
    Quirk(
        "ignores-what-follows",
        _OLDEST,
        "20.10",
        "Whatever follows the first JSON value of a body is ignored.",
    ),
    Quirk(
        "bare-decode-errors",
        _OLDEST,
        "20.10",
        "Errors of JSON come without `invalid JSON: ` before them.",
    ),
    Quirk(
        "any-content-type",
        _OLDEST,
        "20.10",
        "A body is read whatever its `Content-Type` says, but for networks and volumes.",
    ),
    Quirk(
        "needs-a-body",
        _OLDEST,
        "20.10",
        "A request without a body is refused: `got EOF while reading request body`.",
    ),
    # errors
    Quirk(
        "json-errors-for-all",
        "26.1",
        "27.5",
        "Errors are JSON for clients below API 1.24, too; before and after they are plain text.",
    ),
    # creating a service
    Quirk(
        "no-logentries",
        "25.0",
        "27.5",
        "The log driver `logentries` is refused; later engines take it, and no node has it.",
    ),
    Quirk(
        "keeps-start-interval",
        "26.1",
        "26.1",
        "An update by a client below API 1.44 keeps `Healthcheck.StartInterval`; 25.0 did so"
        " through 25.0.5.",
    ),
    Quirk(
        "no-runtime",
        _OLDEST,
        "17.12",
        "A service without a container or plugin spec becomes a message without a runtime;"
        " the engine then answers success and creates nothing.",
    ),
    Quirk(
        "two-modes",
        _OLDEST,
        "19.03",
        "Two modes at once are refused as `cannot specify both replicated mode and global mode`.",
    ),
    Quirk(
        "top-level-networks",
        _OLDEST,
        "28.5",
        "`Networks` at the top of a spec are stored there, and shown there.",
    ),
    Quirk(
        "old-credential-specs",
        _OLDEST,
        "18.09",
        "A credential spec with no source, or with two, is refused in other words.",
    ),
    Quirk(
        "configs-without-target",
        _OLDEST,
        "18.09",
        "A config without `File` is stored without a target; the manager then refuses it.",
    ),
    Quirk(
        "no-cluster-mounts",
        _OLDEST,
        "20.10",
        "Mounts of type `cluster` are refused, and shown without their type.",
    ),
    Quirk(
        "no-npipe-mounts",
        _OLDEST,
        "17.12",
        "Mounts of type `npipe` are refused, and shown without their type.",
    ),
    Quirk("no-sctp", _OLDEST, "17.12", "A port with `sctp` is published as `tcp`."),
    Quirk(
        "non-recursive-refused",
        "19.03",
        "19.03",
        "`BindOptions.NonRecursive` is refused; the text quotes the propagation. It is not shown.",
    ),
    Quirk(
        "no-tmpfs-options",
        _OLDEST,
        "26.1",
        "A tmpfs mount is stored without `options`; later releases store `null` at least.",
    ),
    Quirk(
        "free-text-addresses",
        _OLDEST,
        "28.5",
        "Addresses are texts: neither checked, nor shortened, nor masked.",
    ),
    # what a manager refuses
    Quirk(
        "mode-last",
        _OLDEST,
        "19.03",
        "The manager looks at the mode after the update config and the endpoint.",
    ),
    Quirk(
        "no-capital-hosts",
        _OLDEST,
        "24.0",
        "An image whose first part has capitals, `UPPER/case`, is refused.",
    ),
    Quirk(
        "ingress-in-own-networks",
        _OLDEST,
        "17.12",
        "The manager looks for the ingress network in a new service's own `Networks`, not in those"
        " of its tasks, and not when it is updated.",
    ),
    Quirk(
        "bare-name-conflict",
        _OLDEST,
        "17.12",
        "A name that is taken is refused without telling which, and as Unknown.",
    ),
    Quirk(
        "host-counts-in-image-names",
        _OLDEST,
        "26.1",
        "The 255 characters that an image's name may have include its host, be it `docker.io`.",
    ),
    # which tasks restart
    Quirk(
        "pull-options-count",
        _OLDEST,
        _OLDEST,
        "Other pull options restart tasks that run.",
    ),
    Quirk(
        "placement-restarts",
        _OLDEST,
        "17.12",
        "Another placement restarts tasks whose nodes satisfy it, too.",
    ),
    Quirk(
        "lost-placement-crashes",
        "18.09",
        "29.0",
        "A service that loses its whole `Placement` and nothing else crashes the manager, if the"
        " node of a task is known. 29.7 mended it.",
    ),
    # the docker command
    Quirk(
        "ports-in-file-order",
        _OLDEST,
        "28.5",
        "`docker stack deploy` leaves ports that are not published, or at the same port, in the"
        " order of the file; in another order, they restart tasks.",
    ),
    # showing
    Quirk(
        "pids-not-shown",
        _OLDEST,
        "19.03",
        "A limit of processes that stands in a message shows no `Limits`.",
    ),
    Quirk(
        "container-status-always",
        _OLDEST,
        "17.12",
        "A task's `ContainerStatus` is always shown, `{}` if there is none.",
    ),
    Quirk(
        "no-attachment-tasks",
        _OLDEST,
        "17.12",
        "A task that attaches a container to a network is shown as an empty task.",
    ),
    # what registries say of images
    Quirk(
        "schema-1-images",
        _OLDEST,
        "25.0",
        "An image whose manifest is of schema 1 is described, as one for Linux.",
    ),
    Quirk(
        "schema-1-notice",
        "26.1",
        "27.5",
        "An image whose manifest is of schema 1 is refused with a notice of deprecation.",
    ),
    Quirk(
        "untyped-registry-errors",
        _OLDEST,
        "24.0",
        "Errors of registries are read as JSON, whatever they say that they are.",
    ),
    Quirk(
        "failed-tokens-are-500",
        _OLDEST,
        "27.5",
        "Where a token server refuses, `/distribution` answers 500, and not what it answered.",
    ),
)

_BY_NAME: Final = {quirk.name: quirk for quirk in QUIRKS}


def does(release: Release, name: str) -> bool:
    """Whether a release has the quirk of that name."""
    quirk = _BY_NAME[name]
    return release.has(quirk.first, quirk.last)
