"""Options that ``plan`` and ``apply`` share."""

import click

as_engine = click.option(
    "--as-engine",
    is_flag=True,
    help="Take FILE as the engine would: what inspect's JSON cannot say is lost, and defaults"
    " spelled out in it are stored.",
)
hide_env = click.option(
    "--hide-env", is_flag=True, help="Hide the value of every environment variable."
)
base = click.option(
    "--base",
    metavar="FILE",
    help="What the new file was made from: only what differs between the two is changed.",
)
