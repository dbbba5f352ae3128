"""What runs in a task of the container runtime."""

from functools import partial

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_each, fill_map, fill_one, text_map
from swarmwire.convert._net import read_address
from swarmwire.convert._reading import Reading
from swarmwire.convert.enums import ISOLATION
from swarmwire.convert.mount import mount_to_grpc, mounts_from_grpc
from swarmwire.convert.privileges import privileges_from_grpc, privileges_to_grpc
from swarmwire.convert.references import (
    config_reference_from_grpc,
    config_reference_to_grpc,
    secret_reference_from_grpc,
    secret_reference_to_grpc,
)
from swarmwire.convert.time import duration_from_grpc, duration_to_grpc


def container_spec_to_grpc(
    spec: engine.ContainerSpec, out: pb.ContainerSpec, lossless: bool
) -> None:
    """Fill ``out``; the first error is the one that the engine meets first.

    Source: moby convert/container.go, containerToGRPC.
    """
    out.image = spec.image
    if spec.secrets:
        fill_each("Secrets", spec.secrets, out.secrets, secret_reference_to_grpc)
    if spec.ulimits:
        fill_each("Ulimits", spec.ulimits, out.ulimits, ulimit_to_grpc)
    if spec.privileges is not None:
        fill_one("Privileges", spec.privileges, out.privileges, privileges_to_grpc)
    if spec.configs:
        fill_each("Configs", spec.configs, out.configs, config_reference_to_grpc)
    if spec.mounts:
        fill_each("Mounts", spec.mounts, out.mounts, partial(mount_to_grpc, lossless=lossless))
    _process_to_grpc(spec, out)
    _life_to_grpc(spec, out)
    _environment_to_grpc(spec, out)
    _limits_to_grpc(spec, out)


def container_spec_from_grpc(spec: pb.ContainerSpec, reading: Reading) -> engine.ContainerSpec:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    lossless = reading.lossless
    out = engine.ContainerSpec(
        image=spec.image,
        labels=text_map(spec.labels),
        command=spec.command[:],
        args=spec.args[:],
        hostname=spec.hostname,
        env=spec.env[:],
        dir=spec.dir,
        user=spec.user,
        groups=spec.groups[:],
        stop_signal=spec.stop_signal,
        tty=spec.tty,
        open_stdin=spec.open_stdin,
        read_only=spec.read_only,
        mounts=reading.part(mounts_from_grpc, spec.mounts, reading.lossless),
        hosts=spec.hosts[:],
        secrets=[
            secret_reference
            for message in spec.secrets[:]
            if (secret_reference := secret_reference_from_grpc(message, lossless)) is not None
        ],
        configs=[
            config_reference
            for message in spec.configs[:]
            if (config_reference := config_reference_from_grpc(message, lossless)) is not None
        ],
        isolation=ISOLATION.word[spec.isolation],
        sysctls=text_map(spec.sysctls),
        capability_add=spec.capability_add[:],
        capability_drop=spec.capability_drop[:],
        ulimits=[ulimit_from_grpc(ulimit) for ulimit in spec.ulimits[:]],
        oom_score_adj=spec.oom_score_adj,
    )
    has = spec.HasField
    if has("privileges"):
        out.privileges = privileges_from_grpc(spec.privileges)
    if has("init"):
        out.init = spec.init.value
    if has("stop_grace_period"):
        out.stop_grace_period = duration_from_grpc(spec.stop_grace_period)
    if has("healthcheck"):
        out.healthcheck = reading.part(healthcheck_from_grpc, spec.healthcheck)
    if has("dns_config"):
        out.dns_config = dns_config_from_grpc(spec.dns_config)
    return out


def _process_to_grpc(spec: engine.ContainerSpec, out: pb.ContainerSpec) -> None:
    if spec.command:
        out.command.extend(spec.command)
    if spec.args:
        out.args.extend(spec.args)
    if spec.env:
        out.env.extend(spec.env)
    if spec.dir:
        out.dir = spec.dir
    if spec.user:
        out.user = spec.user
    if spec.groups:
        out.groups.extend(spec.groups)
    if spec.tty:
        out.tty = True
    if spec.open_stdin:
        out.open_stdin = True


def _life_to_grpc(spec: engine.ContainerSpec, out: pb.ContainerSpec) -> None:
    if spec.init is not None:
        out.init.value = spec.init
    if spec.stop_signal:
        out.stop_signal = spec.stop_signal
    if spec.stop_grace_period is not None:
        duration_to_grpc(spec.stop_grace_period, out.stop_grace_period)
    if spec.healthcheck is not None:
        healthcheck_to_grpc(spec.healthcheck, out.healthcheck)


def _environment_to_grpc(spec: engine.ContainerSpec, out: pb.ContainerSpec) -> None:
    if spec.labels:
        fill_map(spec.labels, out.labels)
    if spec.hostname:
        out.hostname = spec.hostname
    if spec.hosts:
        out.hosts.extend(spec.hosts)
    if spec.dns_config is not None:
        dns_config_to_grpc(spec.dns_config, out.dns_config)
    if spec.read_only:
        out.read_only = True
    if spec.isolation:
        out.isolation = ISOLATION.number[spec.isolation]


def _limits_to_grpc(spec: engine.ContainerSpec, out: pb.ContainerSpec) -> None:
    if spec.sysctls:
        fill_map(spec.sysctls, out.sysctls)
    if spec.capability_add:
        out.capability_add.extend(spec.capability_add)
    if spec.capability_drop:
        out.capability_drop.extend(spec.capability_drop)
    if spec.oom_score_adj:
        out.oom_score_adj = spec.oom_score_adj


def ulimit_to_grpc(ulimit: engine.Ulimit, out: pb.ContainerSpec.Ulimit) -> None:
    """Source: moby convert/container.go, ulimitsToGRPC."""
    out.name = ulimit.name
    out.soft = ulimit.soft
    out.hard = ulimit.hard


def ulimit_from_grpc(ulimit: pb.ContainerSpec.Ulimit) -> engine.Ulimit:
    """Source: moby convert/container.go, ulimitsFromGRPC."""
    return engine.Ulimit(name=ulimit.name, soft=ulimit.soft, hard=ulimit.hard)


def healthcheck_to_grpc(healthcheck: engine.HealthcheckConfig, out: pb.HealthConfig) -> None:
    """All durations are stored, 0 too; retries are cut to 32 bits as in the engine.

    Source: moby convert/container.go, healthConfigToGRPC.
    """
    out.test.extend(healthcheck.test)
    duration_to_grpc(healthcheck.interval, out.interval)
    duration_to_grpc(healthcheck.timeout, out.timeout)
    out.retries = (healthcheck.retries + 2**31) % 2**32 - 2**31
    duration_to_grpc(healthcheck.start_period, out.start_period)
    duration_to_grpc(healthcheck.start_interval, out.start_interval)


def healthcheck_from_grpc(healthcheck: pb.HealthConfig) -> engine.HealthcheckConfig:
    """Source: moby convert/container.go, healthConfigFromGRPC."""
    return engine.HealthcheckConfig(
        test=healthcheck.test[:],
        interval=duration_from_grpc(healthcheck.interval),
        timeout=duration_from_grpc(healthcheck.timeout),
        retries=healthcheck.retries,
        start_period=duration_from_grpc(healthcheck.start_period),
        start_interval=duration_from_grpc(healthcheck.start_interval),
    )


def dns_config_to_grpc(dns_config: engine.DNSConfig, out: pb.ContainerSpec.DNSConfig) -> None:
    """Source: moby convert/container.go, containerToGRPC."""
    # as moby: what is no address is stored as the text of Go's zero address
    out.SetInParent()
    out.nameservers.extend([address or "invalid IP" for address in dns_config.nameservers])
    out.search.extend(dns_config.search)
    out.options.extend(dns_config.options)


def dns_config_from_grpc(dns_config: pb.ContainerSpec.DNSConfig) -> engine.DNSConfig:
    """Source: moby convert/container.go, containerSpecFromGRPC."""
    return engine.DNSConfig(
        nameservers=[read_address(address) for address in dns_config.nameservers[:]],
        search=dns_config.search[:],
        options=dns_config.options[:],
    )
