"""``swarmwire policy``: what a policy file says, what it refuses, and what its rules are."""

# One parameter per option, as click wants it; what is slow to import waits for the command.
# ruff: noqa: PLC0415, PLR0913, PLR0917

import click

from swarmwire.cli import options

_KINDS = ("service", "network", "secret", "config")


@click.group("policy", short_help="Check a policy file, and try specs against it.")
def command() -> None:
    """Check a policy file, try specs against it, explain its rules. No swarm is asked."""


@command.command("check", short_help="Tell everything that is wrong with a policy file.")
@click.argument(
    "file", metavar="FILE", type=click.Path(readable=False, allow_dash=True, path_type=str)
)
@options.formats("json", text="For people, or for programs.")
def check(file: str, format_: str) -> int:
    """Tell everything that is wrong with a policy file, with lines; or else what it says.

    \b
    Exit codes:
      0  it can be used
      1  something is wrong with it
      2  it cannot be read
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.policing.run import run_check

    return run_check(file, format_)


@command.command("test", short_help="Tell whether a client may write a spec or a stack.")
@click.argument("policy", metavar="FILE", type=click.Path(readable=False, path_type=str))
@click.argument(
    "spec", metavar="SPEC", type=click.Path(readable=False, allow_dash=True, path_type=str)
)
@click.option("--client", metavar="NAME", required=True, help="The client of the policy.")
@click.option("--stack", metavar="NAME", help="The stack's name, for a stack file.")
@options.env_files
@options.kind(_KINDS, "What the objects of a JSON file are.", default="service", show_default=True)
@click.option(
    "--stored",
    metavar="FILE",
    type=click.Path(readable=False, path_type=str),
    help="What docker inspect prints of the stored object, which SPEC would update.",
)
@options.api_version("Ask in this version of the API, {oldest} to {newest} (the default).")
@options.formats("json", text="For people, or for programs.")
def test(
    policy: str,
    spec: str,
    client: str,
    stack: str | None,
    env_files: tuple[str, ...],
    kind: str,
    stored: str | None,
    api_version: str | None,
    format_: str,
) -> int:
    """Tell whether a client of a policy may write SPEC, and every rule that it breaks.

    SPEC is a stack file, or JSON: the body of a request, or what docker inspect prints. Nothing is
    asked of a swarm, so names of networks, secrets and configs are taken as they stand.

    \b
    Exit codes:
      0  allowed
      1  refused: each rule with its path
      2  bad usage, or a file that cannot be read or used
    """  # noqa: D301 - \b is click's own mark
    from swarmwire.cli.policing.run import PolicyTest, run_test

    return run_test(
        PolicyTest(
            policy=policy,
            spec=spec,
            client=client,
            kind=kind,
            stack=stack or "",
            stored=stored or "",
            api_version=api_version or "",
            env_files=env_files,
            format=format_,
        )
    )


@command.command("explain", short_help="Explain a rule, or list all of them.")
@click.argument("rule", metavar="[RULE]", required=False)
@options.formats("json", text="For people, or for programs.")
def explain(rule: str | None, format_: str) -> int:
    """Explain a rule: what it would give to a client, where it looks, and what opens it."""
    from swarmwire.cli.policing.run import run_explain

    return run_explain(rule, format_)
