"""The body of a service.

Source: docker/cli cli/compose/convert/service.go; opts/capabilities.go, opts/parse.go.
"""

from typing import Any, Final

from swarmwire.engine.address import parse_address
from swarmwire.releases import NEWEST, Release
from swarmwire.releases.quirks import does
from swarmwire.stack.body.building import entries_of, find, labelled, made, scoped, value_of
from swarmwire.stack.body.mounts import mounts_of
from swarmwire.stack.body.networks import attachments_of
from swarmwire.stack.body.references import Ids, config_references, secret_references
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.body.rollout import mode_of, resources_of, restart_policy_of, update_config_of
from swarmwire.stack.forms.normalising import Sections
from swarmwire.stack.forms.objects import text_of
from swarmwire.stack.places import Located

_ALL, _RESET = "ALL", "RESET"


def service_body(
    stack: str, name: str, sections: Sections, ids: Ids, command: Release = NEWEST
) -> Located:
    """The body that creates or updates a service, as a tree with places.

    Args:
        stack: the stack's name.
        name: the service's own.
        sections: all objects of the stack.
        ids: those of secrets and configs.
        command: the release of the docker command.

    Raises:
        Refusal: what the docker command refuses, in its order.
    """
    service = sections.services[name]
    secrets = secret_references(stack, service, sections.secrets, ids)
    configs = config_references(stack, service, sections.configs, ids)
    endpoint, mode = _endpoint(service, command), mode_of(service)
    mounts = mounts_of(stack, service, sections.volumes)
    template = {"Resources": resources_of(service), "RestartPolicy": restart_policy_of(service)}
    container = {"Mounts": mounts, "Healthcheck": _healthcheck(service)}
    template["Networks"] = attachments_of(stack, name, service, sections.networks)
    container["Privileges"] = _privileges(stack, service, configs)
    container |= {"Secrets": secrets, "Configs": configs}
    image = text_of(service, "image")
    return made(
        service,
        Name=service.with_value(scoped(stack, name)),
        Labels=labelled(stack, service, find(service, "deploy", "labels"), image),
        TaskTemplate=made(
            service,
            ContainerSpec=_container(stack, service, container),
            Placement=_placement(service),
            LogDriver=_log_driver(service),
            **template,
        ),
        Mode=mode,
        UpdateConfig=update_config_of(find(service, "deploy", "update_config")),
        RollbackConfig=update_config_of(find(service, "deploy", "rollback_config")),
        EndpointSpec=endpoint,
    )


_SAME: Final = {
    "Image": "image",
    "Command": "entrypoint",
    "Args": "command",
    "Hostname": "hostname",
    "Dir": "working_dir",
    "User": "user",
    "Init": "init",
    "StopSignal": "stop_signal",
    "TTY": "tty",
    "OpenStdin": "stdin_open",
    "ReadOnly": "read_only",
    "StopGracePeriod": "stop_grace_period",
    "Isolation": "isolation",
    "Sysctls": "sysctls",
}
"""Fields of a container that are options of a service, as they are."""


def _container(stack: str, service: Located, parts: dict[str, Located | None]) -> Located:
    return made(
        service,
        Labels=labelled(stack, service, find(service, "labels")),
        Env=_env(service),
        Hosts=_hosts(service),
        DNSConfig=_dns(service),
        Ulimits=_ulimits(service),
        **{name: find(service, option) for name, option in _SAME.items()},
        **_capabilities(service),
        **parts,
    )


def _endpoint(service: Located, command: Release) -> Located:
    mode = find(service, "deploy", "endpoint_mode")
    ports = [
        made(
            port,
            Protocol=find(port, "protocol"),
            TargetPort=find(port, "target"),
            PublishedPort=find(port, "published"),
            PublishMode=find(port, "mode"),
        )
        for port in entries_of(service, "ports")
    ]
    ports.sort(key=_published if does(command, "ports-in-file-order") else _port_key)
    at = find(service, "ports") or mode or service
    return made(
        at,
        Mode=None if mode is None else mode.with_value(mode.value.lower()),
        Ports=at.with_value(ports),
    )


def _published(port: Located) -> int:
    return value_of(port, "PublishedPort") or 0


def _port_key(port: Located) -> tuple[Any, ...]:
    return (
        _published(port),
        value_of(port, "TargetPort") or 0,
        value_of(port, "Protocol") or "",
        value_of(port, "PublishMode") or "",
    )


def _env(service: Located) -> Located:
    environment = service.value["environment"]
    variables = [
        entry.with_value(name if entry.value is None else f"{name}={entry.value}")
        for name, entry in environment.value.items()
    ]
    variables.sort(key=lambda variable: str(variable.value).encode())
    return Located(variables, environment.place)


def _hosts(service: Located) -> Located | None:
    hosts = find(service, "extra_hosts")
    if hosts is None:
        return None
    entries = []
    for entry in hosts.value:
        name, _, address = entry.value.partition(":")
        entries.append(entry.with_value(f"{address} {name}"))
    return hosts.with_value(entries)


def _dns(service: Located) -> Located | None:
    servers, search = find(service, "dns"), find(service, "dns_search")
    given = [one for one in (servers, search) if one is not None and one.value]
    if not given:
        return None
    # What is no address is dropped silently.
    addresses = [one for one in entries_of(service, "dns") if _is_address(one.value)]
    return made(
        given[0],
        Nameservers=None if servers is None else servers.with_value(addresses),
        Search=search,
    )


def _is_address(text: str) -> bool:
    try:
        parse_address(text)
    except ValueError:
        return False
    return True


def _healthcheck(service: Located) -> Located | None:
    check = find(service, "healthcheck")
    if check is None:
        return None
    if value_of(check, "disable"):
        if value_of(check, "test"):
            raise Refusal("test and disable can't be set at the same time", check)
        disable = check.value["disable"]
        return made(check, Test=disable.with_value([disable.with_value("NONE")]))
    retries = find(check, "retries")
    return made(
        check,
        Test=find(check, "test"),
        Interval=find(check, "interval"),
        Timeout=find(check, "timeout"),
        StartPeriod=find(check, "start_period"),
        StartInterval=find(check, "start_interval"),
        Retries=None if retries is None else retries.with_value(_signed(retries.value)),
    )


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _privileges(stack: str, service: Located, configs: Located | None) -> Located:
    credentials = find(service, "credential_spec")
    spec = None if credentials is None else _credential_spec(stack, credentials, configs)
    return made(credentials or service, CredentialSpec=spec)


def _credential_spec(stack: str, credentials: Located, configs: Located | None) -> Located | None:
    given = [
        f'"{option.capitalize()}"'
        for option in ("config", "file", "registry")
        if text_of(credentials, option)
    ]
    if not given:
        return None
    if len(given) > 1:
        most = ", ".join(given[:-1]) + ("," if len(given) > 2 else "")
        reason = f"invalid credential spec: cannot specify both {most} and {given[-1]}"
        raise Refusal(reason, credentials)
    config = find(credentials, "config")
    if config is not None and config.value:
        config = config.with_value(_config_id(stack, config, configs))
    return made(
        credentials,
        Config=config,
        File=find(credentials, "file"),
        Registry=find(credentials, "registry"),
    )


def _config_id(stack: str, config: Located, configs: Located | None) -> str:
    references = [] if configs is None else configs.value
    for name in (config.value, scoped(stack, config.value)):
        for reference in references:
            if reference.value["ConfigName"].value == name:
                return str(reference.value["ConfigID"].value)
    reason = "invalid credential spec: spec specifies config"
    raise Refusal(f"{reason} {config.value}, but no such config can be found", config)


def _capabilities(service: Located) -> dict[str, Located | None]:
    added, dropped = (_normalised(service, option) for option in ("cap_add", "cap_drop"))
    kept = {name: one for name, one in dropped.items() if name not in added}
    return {
        "CapabilityAdd": _sorted(service, "cap_add", added),
        "CapabilityDrop": _sorted(service, "cap_drop", kept),
    }


def _normalised(service: Located, option: str) -> dict[str, Located]:
    found: dict[str, Located] = {}
    for entry in entries_of(service, option):
        name = entry.value.strip().upper()
        if name not in {_ALL, _RESET} and not name.startswith("CAP_"):
            name = f"CAP_{name}"
        found.setdefault(name, entry.with_value(name))
    return {_ALL: found[_ALL]} if _ALL in found else found


def _sorted(service: Located, option: str, found: dict[str, Located]) -> Located | None:
    at = find(service, option)
    if at is None:
        return None
    return at.with_value([found[name] for name in sorted(found) if name != _RESET])


def _ulimits(service: Located) -> Located | None:
    limits = find(service, "ulimits")
    if limits is None:
        return None
    return limits.with_value([_ulimit(name, limits.value[name]) for name in sorted(limits.value)])


def _ulimit(name: str, limit: Located) -> Located:
    single = find(limit, "single")
    if single is not None and single.value:
        soft = hard = single
    else:
        soft = find(limit, "soft") or limit.with_value(0)
        hard = find(limit, "hard") or limit.with_value(0)
    return made(limit, Name=limit.with_value(name), Soft=soft, Hard=hard)


def _placement(service: Located) -> Located:
    placement = find(service, "deploy", "placement") or service.with_value({})
    preferences = find(placement, "preferences")
    return made(
        placement,
        Constraints=find(placement, "constraints"),
        Preferences=None
        if preferences is None
        else preferences.with_value(
            [
                made(one, Spread=made(one, SpreadDescriptor=find(one, "spread")))
                for one in preferences.value
            ]
        ),
        MaxReplicas=find(placement, "max_replicas_per_node"),
    )


def _log_driver(service: Located) -> Located | None:
    logging = find(service, "logging")
    if logging is None:
        return None
    return made(logging, Name=find(logging, "driver"), Options=find(logging, "options"))
