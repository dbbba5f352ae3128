"""What a worker's engine, its runtime and its kernel refuse of a task, and for which releases."""

import pytest

from swarmwire import pb
from swarmwire.rules import service_spec_hazards
from tests.rules.build import good_service

CONTAINER = "TaskTemplate.ContainerSpec"
TEST = f"{CONTAINER}.Healthcheck.Test"
HOST = pb.PortConfig.HOST
SYSCTLS = "com.docker.network.endpoint.sysctls"


def found(change, release=None):
    spec = good_service()
    change(spec, spec.task, spec.task.container)
    return service_spec_hazards(spec, release=release)


def told(change, release=None):
    return [(each.severity, each.path, each.reason) for each in found(change, release)]


def health(*words):
    return lambda s, t, c: c.healthcheck.test.extend(words)


def logs(driver, **options):
    named = {name.replace("_", "-"): value for name, value in options.items()}

    def change(_spec, task, _container):
        task.log_driver.name = driver
        task.log_driver.options.update(named)

    return change


def port(**fields):
    return lambda s, t, c: s.endpoint.ports.add(**fields)


def hosts(entry):
    return lambda s, t, c: c.hosts.append(entry)


def sysctl(name):
    return lambda s, t, c: c.sysctls.update({name: "1"})


def ulimit(**fields):
    return lambda s, t, c: c.ulimits.add(**fields)


def tmpfs(**options):
    return lambda s, t, c: c.mounts.add(type=pb.Mount.TMPFS, target="/t", tmpfs_options=options)


def on_windows(change):
    def both(spec, task, container):
        task.placement.constraints.append("node.platform.os == windows")
        change(spec, task, container)

    return both


def on_platforms(*systems, change):
    """A change of a task that runs on these systems only."""

    def both(spec, task, container):
        for each in systems:
            task.placement.platforms.add(os=each)
        change(spec, task, container)

    return both


def pipe(_spec, _task, container):
    container.mounts.add(type=pb.Mount.NPIPE, source=r"\\.\pipe\x", target=r"\\.\pipe\x")


def interface(setting):
    return lambda s, t, c: t.networks.add(target="n", driver_attachment_opts={SYSCTLS: setting})


@pytest.mark.parametrize(
    "change",
    [
        health("NONE"),
        health("NONE", "x"),
        health("CMD", "true"),
        health("CMD-SHELL", "true"),
        *map(hosts, ["10.0.0.1 web", " ::1\tweb ", "10.0.0.1 web # the web", "host-gateway up"]),
        *(
            lambda s, t, c, text=text: setattr(c, "stop_signal", text)
            for text in (
                "SIGTERM",
                "quit",
                "15",
                "RTMIN+1",
                "RTMIN+15",
                "RTMAX-14",
                "sigrtmax-2",
                "+9",
                "-1",
                "-9000000000000000000",
            )
        ),
        lambda s, t, c: c.capability_add.extend(["ALL", "net_admin", "CAP_bpf", "CAP_CHOWN"]),
        lambda s, t, c: c.capability_drop.append("all"),
        lambda s, t, c: setattr(c, "oom_score_adj", -1000),
        lambda s, t, c: setattr(c, "hostname", "h" * 64),
        lambda s, t, c: setattr(c, "hostname", "{{.Node.Hostname}}" + "h" * 60),
        ulimit(name="NOFILE", soft=1, hard=-1),
        ulimit(name="nproc", soft=5, hard=5),
        *map(
            sysctl,
            [
                *("net.core.somaxconn", "net/ipv4/conf/eth0.1/forwarding", "kernel.sem"),
                *("fs.mqueue.msg_max", "kernel.domainname"),
            ],
        ),
        tmpfs(size_bytes=1, options='[["noexec"],["exec","x"]]'),
        tmpfs(options="null"),
        tmpfs(options="no JSON"),
        tmpfs(mode=0o1777),
        port(target_port=80, publish_mode=HOST),
        interface("net.ipv4.conf.IFNAME.log_martians=1,net.mpls.conf.ifname.input=0"),
        on_windows(pipe),
        on_platforms("Windows", "windows", change=pipe),
        on_windows(lambda s, t, c: setattr(c, "isolation", 2)),
        logs("none", whatever="x"),
        logs("a-plugin:1", whatever="x"),
        logs("json-file", max_size="10m", max_file="3", compress="true", tag="{{.Name}}"),
        logs("json-file", mode="non-blocking", max_buffer_size="4m", cache_disabled="true"),
        logs("local", max_size="10 KB", max_file="1", compress="false"),
        logs("awslogs", awslogs_group="g"),
    ],
)
def test_what_runs(change):
    assert told(change) == []


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (
            health(""),
            TEST,
            (
                "Unknown healthcheck type '' (expected 'CMD'):"
                " the container never gets healthy, and the task stays in starting for ever"
            ),
        ),
        (
            health('["CMD", "curl", "-u", "me:secret"]'),
            TEST,
            (
                "Unknown healthcheck type '…' (expected 'CMD'):"
                " the container never gets healthy, and the task stays in starting for ever"
            ),
        ),
        (
            health("CMD-SHELL"),
            TEST,
            (
                "healthcheck for the container has no command, so that the container never gets"
                " healthy, and the task is replaced for ever"
            ),
        ),
        (hosts("web 10.0.0.1"), f"{CONTAINER}.Hosts[0]", 'invalid IP address in add-host: "web"'),
        (
            hosts("10.0.0.1 web:80"),
            f"{CONTAINER}.Hosts[0]",
            'invalid IP address in add-host: "80:10.0.0.1"',
        ),
        (hosts("10.0.0.1 :80"), f"{CONTAINER}.Hosts[0]", 'bad format for add-host: ":80:10.0.0.1"'),
        *(
            (
                lambda s, t, c, text=text: setattr(c, "stop_signal", text),
                f"{CONTAINER}.StopSignal",
                f"invalid signal: {text}",
            )
            for text in (
                "0",
                "SIGSIGTERM",
                "9" * 19,
                "٣",
                "TERM ",
                "RTMIN+0",
                "RTMIN+16",
                "RTMAX-15",
            )
        ),
        *(
            (
                on_platforms(*systems, change=pipe),
                f"{CONTAINER}.Mounts[0].Type",
                "a named pipe can be mounted on Windows only: mount type unknown",
            )
            for systems in [("linux",), ("windows", "linux")]
        ),
        (
            lambda s, t, c: c.capability_drop.append(""),
            f"{CONTAINER}.CapabilityDrop[0]",
            'invalid CapDrop: unknown capability: "CAP_"',
        ),
        (
            lambda s, t, c: setattr(c, "oom_score_adj", 1001),
            f"{CONTAINER}.OomScoreAdj",
            "Invalid value 1001, range for oom score adj is [-1000, 1000]",
        ),
        (
            lambda s, t, c: setattr(c, "hostname", "ü" * 33),
            f"{CONTAINER}.Hostname",
            f'hostname "{"ü" * 33}" is too long (maximum 64 bytes)',
        ),
        (
            ulimit(name="core", soft=-1, hard=0),
            f"{CONTAINER}.Ulimits[0].Soft",
            (
                "error setting rlimit type 4: invalid argument:"
                " the soft limit -1 is above the hard limit 0"
            ),
        ),
        (
            sysctl("vm.swappiness"),
            f"{CONTAINER}.Sysctls[vm.swappiness]",
            'sysctl "vm.swappiness" is not in a separate kernel namespace',
        ),
        (
            sysctl("kernel/hostname"),
            f"{CONTAINER}.Sysctls[kernel/hostname]",
            'sysctl "kernel.hostname" is not allowed as it conflicts with the OCI "hostname" field',
        ),
        (
            sysctl("user.max_user_namespaces"),
            f"{CONTAINER}.Sysctls[user.max_user_namespaces]",
            "setting ucounts without a user namespace not allowed: user.max_user_namespaces",
        ),
        (
            tmpfs(options='[["noexec"],["nosuid"]]'),
            f"{CONTAINER}.Mounts[0].TmpfsOptions.Options[1]",
            'invalid mount config for type "tmpfs": invalid option: nosuid',
        ),
        (
            tmpfs(options="[[]]"),
            f"{CONTAINER}.Mounts[0].TmpfsOptions.Options[0]",
            'invalid mount config for type "tmpfs": invalid option array length',
        ),
        (
            tmpfs(size_bytes=-1),
            f"{CONTAINER}.Mounts[0].TmpfsOptions.SizeBytes",
            "invalid argument: the kernel refuses a size of -1",
        ),
        (
            lambda s, t, c: setattr(c, "isolation", 2),
            f"{CONTAINER}.Isolation",
            "invalid isolation 'hyperv' on linux",
        ),
        (
            lambda s, t, c: setattr(c.privileges.credential_spec, "file", "a.json"),
            f"{CONTAINER}.Privileges.CredentialSpec",
            (
                'invalid --security-opt 2: "credentialspec=file://a.json":'
                " Linux has no credential specs"
            ),
        ),
        (
            lambda s, t, c: c.args.extend(["a", "b\0c"]),
            f"{CONTAINER}.Args[1]",
            "invalid argument: the text holds a NUL character, which ends it for Linux",
        ),
        (
            port(publish_mode=HOST, published_port=80, protocol=1),
            "EndpointSpec.Ports[0].TargetPort",
            'invalid port specification: "0/udp"',
        ),
        (
            interface("net.ipv4.ip_forward=1"),
            f"TaskTemplate.Networks[0].DriverOpts[{SYSCTLS}]",
            (
                "unrecognised network interface sysctl 'net.ipv4.ip_forward=1'; represent"
                " 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'"
            ),
        ),
        (
            interface("net.ipv4.conf.IFNAME.log_martians"),
            f"TaskTemplate.Networks[0].DriverOpts[{SYSCTLS}]",
            "expected sysctl 'net.ipv4.conf.IFNAME.log_martians' to have format name=value",
        ),
        (
            interface("net.ipv4.conf.IFNAME.a.b=1"),
            f"TaskTemplate.Networks[0].DriverOpts[{SYSCTLS}]",
            "expected sysctl 'net.ipv4.conf.IFNAME.a.b=1' to have format net.X.Y.IFNAME.Z",
        ),
    ],
)
def test_what_workers_refuse(change, path, reason):
    (hazard,) = found(change)
    assert (hazard.severity, hazard.who) == ("error", "worker")
    assert (hazard.path, hazard.reason) == (path, reason)
    assert hazard.fix


def option(name):
    return f"TaskTemplate.LogDriver.Options[{name}]"


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (
            logs("json-file", max_sizes="1"),
            option("max-sizes"),
            "unknown log opt 'max-sizes' for json-file log driver",
        ),
        (logs("local", x="1"), option("x"), "unknown log opt 'x' for log driver local"),
        (
            logs("gelf", gelf_address="udp://x:1", x="1"),
            option("x"),
            'unknown log opt "x" for gelf log driver',
        ),
        (
            logs("gcplogs", tag="x"),
            option("tag"),
            '"tag" is not a valid option for the gcplogs driver',
        ),
        (
            logs("awslogs", awslogs_group="g", labels="x"),
            option("labels"),
            "unknown log opt 'labels' for awslogs log driver",
        ),
        (
            logs("journald", mode="nonblocking"),
            option("mode"),
            "logger: logging mode not supported: nonblocking",
        ),
        (
            logs("syslog", max_buffer_size="4m"),
            option("max-buffer-size"),
            "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
        ),
        (logs("json-file", max_size="ten"), option("max-size"), "invalid size: 'ten'"),
        (
            logs("json-file", max_file="x"),
            option("max-file"),
            'strconv.Atoi: parsing "x": invalid syntax',
        ),
        (logs("json-file", max_file="0"), option("max-file"), "max-file cannot be less than 1"),
        (
            logs("json-file", compress="true"),
            option("compress"),
            "compress cannot be true when max-file is less than 2 or max-size is not set",
        ),
        (
            logs("json-file", compress="yes"),
            option("compress"),
            'strconv.ParseBool: parsing "yes": invalid syntax',
        ),
        (
            logs("local", max_file="1"),
            option("max-file"),
            "compression cannot be enabled when max file count is 1",
        ),
    ],
)
def test_options_of_log_drivers(change, path, reason):
    (hazard,) = found(change)
    assert (hazard.severity, hazard.who) == ("error", "worker")
    assert (hazard.path, hazard.reason) == (path, reason)
    assert hazard.fix


def test_options_that_a_log_driver_needs_may_stand_with_the_workers():
    assert [(each.severity, each.fix) for each in found(logs("splunk"))] == [
        ("hint", "set splunk-url"),
        ("hint", "set splunk-token"),
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (hosts("web"), f"{CONTAINER}.Hosts[0]"),
        (hosts(""), f"{CONTAINER}.Hosts[0]"),
        (hosts("10.0.0.1 a b"), f"{CONTAINER}.Hosts[0]"),
        (port(target_port=70000, publish_mode=HOST), "EndpointSpec.Ports[0].TargetPort"),
        (port(target_port=70000), "EndpointSpec.Ports[0].TargetPort"),
        (port(published_port=80), "EndpointSpec.Ports[0].TargetPort"),
    ],
)
def test_what_is_lost_on_the_workers(change, path):
    (hazard,) = found(change)
    assert (hazard.severity, hazard.who, hazard.path) == ("lost", "worker", path)


@pytest.mark.parametrize(
    ("change", "release", "severity", "reason"),
    [
        (health("CMD"), "29.0", "error", "crashes the worker's engine"),
        (health("CMD"), "29", "error", "engines before 29.5 crash"),
        (health("CMD-SHELL"), "20.10", "error", "the shell of the health check is run without"),
        (lambda s, t, c: setattr(c, "stop_signal", "X"), "20.10", "error", "Invalid signal: X"),
        (lambda s, t, c: setattr(c, "stop_signal", "X"), "23.0", "error", "invalid signal: X"),
        (
            lambda s, t, c: setattr(c, "hostname", "h" * 65),
            "28.5",
            "error",
            "sethostname: invalid argument",
        ),
        (lambda s, t, c: c.capability_add.append("BPF"), "20.10", "error", '"CAP_BPF"'),
        (lambda s, t, c: c.capability_add.append("BPF"), "23.0", "", ""),
        (lambda s, t, c: c.capability_add.append("FOO"), "19.03", "", ""),
        (hosts("host-gateway up"), "19.03", "error", "invalid IP address"),
        (hosts("host-gateway up"), "20.10", "", ""),
        (port(target_port=70000, publish_mode=HOST), "28.5", "error", '"70000"'),
        (port(target_port=70000, publish_mode=HOST), "29.0", "lost", "nothing is published"),
        (port(target_port=0, publish_mode=HOST), "28.5", "lost", "leads nowhere"),
        (interface("x"), "26.1", "", ""),
        (interface("x"), "27.5", "error", "unrecognised network interface sysctl"),
        (logs("fluentd", fluentd_async_connect="true"), "27.5", "", ""),
        (logs("fluentd", fluentd_async_connect="true"), "28.5", "error", "unknown log opt"),
        (logs("fluentd", fluentd_async="true"), "19.03", "error", "unknown log opt"),
        (logs("fluentd", fluentd_async="true"), "20.10", "", ""),
        (logs("local", labels="a"), "28.5", "error", "unknown log opt"),
        (logs("local", labels="a"), "29", "", ""),
    ],
)
def test_each_release_answers_for_itself(change, release, severity, reason):
    hazards = found(change, release)
    assert [each.severity for each in hazards] == ([severity] if severity else [])
    assert all(reason in each.reason for each in hazards)


def duration(part, field, **length):
    def change(spec, task, container):
        owner = {"spec": spec, "restart": task.restart, "container": container}.get(part)
        getattr(owner or getattr(spec, part), field).CopyFrom(pb.Duration(**length))

    return change


@pytest.mark.parametrize(
    ("change", "path", "fix"),
    [
        (
            duration("restart", "window", nanos=30),
            "TaskTemplate.RestartPolicy.Window",
            "did you mean 30s, which is 30000000000?",
        ),
        (
            duration("rollback", "delay", nanos=2500),
            "RollbackConfig.Delay",
            "did you mean 2500ms, which is 2500000000?",
        ),
        (
            duration("container", "stop_grace_period", nanos=999_999),
            f"{CONTAINER}.StopGracePeriod",
            "did you mean 999999ms, which is 999999000000?",
        ),
        (
            lambda s, t, c: c.secrets.add(file={"name": "a", "uid": "0", "gid": "0", "mode": 444}),
            f"{CONTAINER}.Secrets[0].File.Mode",
            "did you mean 292, which is 0444 in octal?",
        ),
        (
            lambda s, t, c: c.configs.add(file={"name": "a", "uid": "0", "gid": "0", "mode": 640}),
            f"{CONTAINER}.Configs[0].File.Mode",
            "did you mean 416, which is 0640 in octal?",
        ),
        (
            tmpfs(mode=1777),
            f"{CONTAINER}.Mounts[0].TmpfsOptions.Mode",
            "did you mean 1023, which is 1777 in octal?",
        ),
    ],
)
def test_numbers_in_another_unit(change, path, fix):
    (hazard,) = found(change)
    assert (hazard.severity, hazard.path, hazard.fix) == ("hint", path, fix)


@pytest.mark.parametrize(
    "change",
    [
        duration("restart", "delay", nanos=1_000_000),
        duration("restart", "delay", seconds=5),
        duration("update", "monitor", nanos=-5),
        duration("update", "delay", seconds=1, nanos=-5),
        lambda s, t, c: c.secrets.add(file={"name": "a", "uid": "0", "gid": "0", "mode": 0o444}),
    ],
)
def test_numbers_as_they_are_meant(change):
    assert told(change) == []


def test_a_plugin_needs_an_experimental_engine():
    spec = pb.ServiceSpec()
    spec.task.generic.kind = "plugin"
    (hint,) = service_spec_hazards(spec)
    assert (hint.severity, hint.path) == ("hint", "TaskTemplate.Runtime")
    assert 'runtime type "plugin" only supported in experimental' in hint.reason
