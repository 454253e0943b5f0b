"""The command line: ``cluster-sim`` or ``python -m sim``.

Results go to the output, messages and progress to the error stream. Exit codes: 0 all right, 1 something
failed, 2 bad input. Whatever is slow to import is imported by the commands that need it, so that help and
the tools for files start at once.
"""

from __future__ import annotations

import os
import sys

import click

from sim.commands import analyses, batches, machine, policies, running, scenario_tools, validation
from sim.commands.common import Commands

# Commands that never run the model: rules stay plain functions and numba is not imported.
READERS = frozenset({"check", "show", "diff", "explain", "new", "schema"})


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="cluster-sim", prog_name="cluster-sim")
def cli(debug: bool) -> None:
    """A laboratory for the policies of an industrial cluster."""


for family in (running, policies, batches, analyses, validation, scenario_tools, machine):
    for command in vars(family).values():
        if isinstance(command, click.Command):
            cli.add_command(command)


def main() -> None:
    """The entry point."""
    command = next((arg for arg in sys.argv[1:] if not arg.startswith("-")), "")
    if command in READERS:
        from sim import compiled

        compiled.READ_ONLY = True
    try:
        cli(prog_name="cluster-sim")
    except BrokenPipeError:  # the reader of our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
