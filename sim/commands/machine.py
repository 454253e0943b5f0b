"""The command that looks at the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from sim.commands.common import json_option, print_json


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what there is: versions, cores, compiled rules; and whether the model works."""
    import platform
    import subprocess
    from importlib.metadata import PackageNotFoundError, version

    from sim.compiled import cache_folder
    from sim.scenario import known_scenarios, library

    packages = {}
    for name in ("cluster-sim", "numba", "numpy", "scipy", "pandas", "mesa", "pydantic", "matplotlib"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not installed"
    cache = cache_folder()
    code = [file for file in cache.iterdir() if file.is_file()]
    here = Path(__file__).resolve().parents[2]
    # The interpreter needs no compiled rules, so this takes about as long on a fresh machine.
    test = (
        "from sim.run import run; from sim.scenario import load; "
        "s = load('toy').with_run(burn_in=1, end='2011Q2'); "
        "assert run(s, seed=1).outputs.equals(run(s, seed=1).outputs)"
    )
    environment = {**os.environ, "CLUSTER_SIM_INTERPRET": "1", "PYTHONPATH": str(here)}
    done = subprocess.run(
        [sys.executable, "-c", test], env=environment, capture_output=True, text=True, check=False
    )
    facts = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        **packages,
        "scenarios": f"{len(known_scenarios())} in {library()}",
        "compiled rules": f"{len(code)} files, {sum(f.stat().st_size for f in code) / 1e6:.1f} MB in {cache}",
        "self-test": "all right" if done.returncode == 0 else "failed: " + _last_line(done.stderr),
    }
    if as_json:
        print_json(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name + ':':<16} {value}")
    if done.returncode != 0:
        sys.exit(1)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
