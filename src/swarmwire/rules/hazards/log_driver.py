"""Options that the built-in log drivers refuse; plugins may take any.

Source: moby daemon/logger, ValidateLogOpts of each driver, factory.go and loggerutils/cache;
jsonfilelog.New and local.newConfig.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.releases import RELEASES, Release
from swarmwire.releases import release as release_of
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import quote

_ATTRIBUTES: Final = "labels env env-regex labels-regex@20.10"
_FILES: Final = "max-file max-size"


class _Driver(NamedTuple):
    options: str
    """Names of options; ``@`` and ``:`` stand before the first and last release that knows one."""

    refusal: str = "unknown log opt '{}' for {} log driver"
    required: tuple[tuple[str, str], ...] = ()
    """Options that must be there, and what is said if they are not."""


_DRIVERS: Final = {
    "json-file": _Driver(f"{_ATTRIBUTES} tag@18.09 {_FILES} compress@18.09"),
    "local": _Driver(
        f"labels@29 env@29 env-regex@29 labels-regex@29 tag@29 {_FILES} compress",
        "unknown log opt '{}' for log driver {}",
    ),
    "journald": _Driver(f"{_ATTRIBUTES} tag"),
    "syslog": _Driver(
        f"{_ATTRIBUTES} tag syslog-address syslog-facility syslog-tls-ca-cert syslog-tls-cert"
        " syslog-tls-key syslog-tls-skip-verify syslog-format"
    ),
    "gelf": _Driver(
        f"{_ATTRIBUTES} tag gelf-address gelf-compression-level gelf-compression-type"
        " gelf-tcp-max-reconnect gelf-tcp-reconnect-delay",
        'unknown log opt "{}" for {} log driver',
        (("gelf-address", "gelf-address is a required parameter"),),
    ),
    "fluentd": _Driver(
        f"{_ATTRIBUTES} tag fluentd-address fluentd-async@20.10 fluentd-async-connect:27.5"
        " fluentd-async-reconnect-interval@23.0 fluentd-buffer-limit fluentd-max-retries"
        " fluentd-request-ack@20.10 fluentd-retry-wait fluentd-sub-second-precision"
        " fluentd-write-timeout@28.5 fluentd-read-timeout@29.0"
    ),
    "awslogs": _Driver(
        "tag awslogs-group awslogs-stream awslogs-create-group awslogs-create-stream@29.0"
        " awslogs-region awslogs-endpoint@18.09 awslogs-datetime-format awslogs-multiline-pattern"
        " awslogs-credentials-endpoint awslogs-force-flush-interval-seconds@19.03"
        " awslogs-max-buffered-events@19.03 awslogs-format@23.0",
        required=(("awslogs-group", "must specify a value for log opt 'awslogs-group'"),),
    ),
    "splunk": _Driver(
        f"{_ATTRIBUTES} tag splunk-url splunk-token splunk-source splunk-sourcetype splunk-index"
        " splunk-capath splunk-caname splunk-insecureskipverify splunk-format"
        " splunk-verify-connection splunk-gzip splunk-gzip-level splunk-index-acknowledgment@20.10",
        required=(
            ("splunk-url", "splunk: splunk-url is expected"),
            ("splunk-token", "splunk: splunk-token is expected"),
        ),
    ),
    "gcplogs": _Driver(
        f"{_ATTRIBUTES} gcp-project gcp-log-cmd gcp-meta-zone gcp-meta-name gcp-meta-id",
        '"{}" is not a valid option for the {} driver',
    ),
}
_EVERYWHERE: Final = (
    "mode max-buffer-size cache-disabled@20.10 cache-max-file@20.10 cache-max-size@20.10"
    " cache-compress@20.10 cache-labels@29 cache-env@29 cache-env-regex@29 cache-labels-regex@29"
    " cache-tag@29"
)
_SIZE: Final = r"\d+(\.\d+)* ?[kmgtp]?i?b?"
_INTEGER: Final = r"[+-]?\d{1,18}"
_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")
_LOCAL_FILES: Final = "5"


def log_driver_hazards(driver: pb.Driver, release: Release) -> Hazards:
    """Options of a built-in driver that a worker does not take, one by one."""
    known = _DRIVERS.get(driver.name)
    options: Mapping[str, str] = driver.options
    if driver.name == "none" or known is None:
        return
    yield from _mode_hazards(options)
    allowed = _names(driver.name, release.name)
    for option in sorted(option for option in options if option not in allowed):
        reason = known.refusal.format(option, driver.name)
        yield _at(option, reason, f"leave it out: {driver.name} has no such option")
    for option, reason in known.required:
        if not options.get(option):
            yield Hazard(
                ("Options",),
                f"{reason}, unless the workers' own configuration has it",
                "worker",
                f"set {option}",
                "hint",
            )
    if driver.name in ("json-file", "local"):
        yield from _rotation_hazards(options, driver.name)


@cache
def _names(driver: str, release: str) -> frozenset[str]:
    """The options that a driver knows in a release of that name."""
    engine, found = release_of(release), set()
    for option in f"{_EVERYWHERE} {_DRIVERS[driver].options}".split():
        name, _, last = option.partition(":")
        name, _, first = name.partition("@")
        if engine.has(first or RELEASES[0].name, last):
            found.add(name)
    return frozenset(found)


def _mode_hazards(options: Mapping[str, str]) -> Hazards:
    mode = options.get("mode", "")
    if mode not in ("", "blocking", "non-blocking"):
        reason = f"logger: logging mode not supported: {mode}"
        yield _at("mode", reason, "use blocking or non-blocking")
    elif "max-buffer-size" in options and mode != "non-blocking":
        reason = "logger: max-buffer-size option is only supported with 'mode=non-blocking'"
        yield _at("max-buffer-size", reason, "set mode to non-blocking, or leave it out")


def _rotation_hazards(options: Mapping[str, str], driver: str) -> Hazards:
    """How files are rotated: sizes and numbers of the two drivers that write files."""
    size = options.get("max-size")
    if size is not None and not re.fullmatch(_SIZE, size, re.IGNORECASE):
        yield _at("max-size", f"invalid size: {quote(size, mark=chr(39))}", "write it as 10m")
    files = options.get("max-file", _LOCAL_FILES if driver == "local" else "1")
    if not re.fullmatch(_INTEGER, files):
        reason = f"strconv.Atoi: parsing {quote(files)}: invalid syntax"
        yield _at("max-file", reason, "write a whole number as text")
        return
    if driver == "json-file" and int(files) < 1:
        yield _at("max-file", "max-file cannot be less than 1", "set 1 or more")
    compress = options.get("compress", "true" if driver == "local" else "false")
    if compress not in (*_TRUE, *_FALSE):
        reason = f"strconv.ParseBool: parsing {quote(compress)}: invalid syntax"
        yield _at("compress", reason, "write true or false")
    elif compress in _TRUE and driver == "local" and int(files) <= 1:
        reason = "compression cannot be enabled when max file count is 1"
        yield _at("max-file", reason, 'set compress to "false", or max-file to 2 or more')
    elif compress in _TRUE and driver == "json-file" and (int(files) < 2 or size is None):
        reason = "compress cannot be true when max-file is less than 2 or max-size is not set"
        yield _at("compress", reason, "set max-size, and max-file to 2 or more")


def _at(option: str, reason: str, fix: str) -> Hazard:
    return Hazard(("Options", MapKey(option)), reason, "worker", fix)
