"""A service as a stack file says it. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from swarmwire import engine
from swarmwire.export.deploy import deploy_of
from swarmwire.export.mounts import volumes_of
from swarmwire.export.sections import Sections, own_labels
from swarmwire.export.values import (
    Octal,
    Present,
    Quoted,
    duration,
    filled,
    one_line,
    some_duration,
    unique,
    words,
)

_MODE: Final = 0o444
_CAPABILITY: Final = "CAP_"


def service_options(spec: engine.ServiceSpec, own: str, sections: Sections) -> dict[str, Any]:
    """The options of a service.

    Args:
        spec: the service, with all that its messages hold.
        own: its name in the file.
        sections: takes what it refers to.
    """
    container = spec.task_template.container_spec or engine.ContainerSpec()
    return filled(
        {
            "image": container.image,
            "entrypoint": words(container.command),
            "command": words(container.args),
            **_process(container),
            "environment": _environment(container.env),
            "labels": own_labels(container.labels),
            "volumes": volumes_of(container.mounts, sections),
            "secrets": _references(container.secrets, "secret", sections),
            "configs": _references(container.configs, "config", sections),
            "credential_spec": _credentials(container, sections),
            "networks": _networks(spec.task_template.networks, own, sections),
            **_names(container),
            "ports": _ports(spec.endpoint_spec),
            "healthcheck": _healthcheck(container.healthcheck),
            "logging": _logging(spec.task_template.log_driver),
            "deploy": deploy_of(spec),
        }
    )


def _process(container: engine.ContainerSpec) -> dict[str, Any]:
    grace = container.stop_grace_period
    isolation = container.isolation
    return {
        "hostname": container.hostname,
        "user": container.user,
        "working_dir": container.dir,
        "init": container.init,
        "tty": container.tty or None,
        "stdin_open": container.open_stdin or None,
        "read_only": container.read_only or None,
        "stop_signal": container.stop_signal,
        "stop_grace_period": None if grace is None else duration(grace),
        "isolation": "" if isolation == "default" else isolation,
        "cap_add": _capabilities(container.capability_add),
        "cap_drop": _capabilities(container.capability_drop),
        "sysctls": dict(sorted(container.sysctls.items())),
        "ulimits": {one.name: _ulimit(one) for one in container.ulimits if one is not None},
    }


def _names(container: engine.ContainerSpec) -> dict[str, Any]:
    dns = container.dns_config or engine.DNSConfig()
    hosts = []
    for entry in container.hosts:
        address, _, names = entry.partition(" ")
        hosts.append(f"{names}:{address}")
    return {
        "dns": unique(dns.nameservers),
        "dns_search": unique(dns.search),
        "extra_hosts": unique(hosts),
    }


def _environment(env: list[str]) -> dict[str, str | None] | list[str]:
    """As a mapping, unless a name is none that can be a key."""
    if any(not entry.partition("=")[0].strip() or "\n" in entry.partition("=")[0] for entry in env):
        return unique(sorted(env))
    variables = {}
    for entry in sorted(env):
        name, has_value, value = entry.partition("=")
        variables[name] = value if has_value else None
    return variables


def _capabilities(names: list[str]) -> list[str]:
    return unique(name.removeprefix(_CAPABILITY) for name in names)


def _ulimit(limit: engine.Ulimit) -> int | dict[str, int]:
    if limit.soft == limit.hard != 0:
        return limit.soft
    return {"soft": limit.soft, "hard": limit.hard}


def _references(references: list[Any], kind: str, sections: Sections) -> list[dict[str, Any] | str]:
    found: list[dict[str, Any] | str] = []
    for reference in references:
        if reference is None or reference.file is None:
            continue
        name = getattr(reference, f"{kind}_name")
        key = sections.secret(name) if kind == "secret" else sections.config(name)
        file = reference.file
        long = filled(
            {
                "target": "" if file.name == key else file.name,
                "uid": "" if file.uid == "0" else file.uid,
                "gid": "" if file.gid == "0" else file.gid,
                "mode": None if file.mode == _MODE else Octal(file.mode),
            }
        )
        found.append({"source": key, **long} if long else key)
    return found


def _credentials(container: engine.ContainerSpec, sections: Sections) -> dict[str, Any] | None:
    privileges = container.privileges
    given = None if privileges is None else privileges.credential_spec
    if given is None:
        return None
    config = ""
    for reference in container.configs:
        if reference is not None and reference.config_id == given.config != "":
            config = sections.config(reference.config_name)
    return filled({"config": config, "file": given.file, "registry": given.registry})


def _networks(
    attachments: list[engine.NetworkAttachmentConfig], own: str, sections: Sections
) -> dict[str, Any] | list[str]:
    joined: dict[str, Any] = {}
    for attachment in attachments:
        key = sections.network(attachment.target)
        aliases = list(attachment.aliases)
        if aliases and aliases[-1] == own:
            aliases.pop()
        options = dict(sorted(attachment.driver_opts.items()))
        joined[key] = filled({"aliases": unique(aliases), "driver_opts": options}) or None
    if list(joined.items()) == [("default", None)]:
        return []
    return joined if any(joined.values()) else list(joined)


def _ports(endpoint: engine.EndpointSpec | None) -> list[Any]:
    found: list[Any] = []
    for port in [] if endpoint is None else endpoint.ports:
        # The docker command refuses a list that holds the same twice.
        forms = [form for form in _forms(port) if form not in found]
        found += forms[:1]
    return found


def _forms(port: engine.PortConfig) -> Iterator[dict[str, Any] | str]:
    if port.publish_mode == "ingress":
        protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
        published = f"{port.published_port}:" if port.published_port else ""
        yield Quoted(f"{published}{port.target_port}{protocol}")
    yield filled(
        {
            "target": port.target_port,
            "published": port.published_port or None,
            "protocol": "" if port.protocol == "tcp" else port.protocol,
            "mode": port.publish_mode,
        }
    )


def _healthcheck(check: engine.HealthcheckConfig | None) -> Present | None:
    if check is None:
        return None
    others = filled(
        {
            "interval": some_duration(check.interval),
            "timeout": some_duration(check.timeout),
            "start_period": some_duration(check.start_period),
            "start_interval": some_duration(check.start_interval),
            "retries": check.retries or None,
        }
    )
    if check.test == ["NONE"] and not others:
        return Present(disable=True)
    test: Any = one_line(check.test)
    if len(check.test) == 2 and check.test[0] == "CMD-SHELL":
        test = check.test[1]
    return Present(filled({"test": test, **others}))


def _logging(driver: engine.Driver | None) -> Present | None:
    if driver is None:
        return None
    options = dict(sorted(driver.options.items()))
    return Present(filled({"driver": driver.name, "options": options}))
