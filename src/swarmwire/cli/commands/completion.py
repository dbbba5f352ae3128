"""``swarmwire completion``: the script that teaches a shell to complete our arguments."""

import click
from click.shell_completion import get_completion_class

# The mark \b keeps click from wrapping what follows.
_HELP = """Print the script that makes SHELL complete swarmwire's arguments.

\b
bash: swarmwire completion bash > ~/.local/share/bash-completion/completions/swarmwire
zsh:  swarmwire completion zsh > "${fpath[1]}/_swarmwire"
fish: swarmwire completion fish > ~/.config/fish/completions/swarmwire.fish
"""


@click.command(
    "completion", help=_HELP, short_help="Print the script that completes our arguments."
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print click's script for ``shell``."""
    completion = get_completion_class(shell)
    assert completion is not None  # click knows all of the choices
    script = completion(ctx.find_root().command, {}, "swarmwire", "_SWARMWIRE_COMPLETE")
    click.echo(script.source(), nl=False)
