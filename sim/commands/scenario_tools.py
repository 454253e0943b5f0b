"""Commands for scenario files and the meaning of words; none of them runs the model."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from sim.commands.common import json_option, load_scenario, print_json, set_option


@click.command()
@click.argument("files", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Validate FILES: scenarios, chains, populations, histories, series. Says all that is wrong."""
    from sim.problems import InputError

    problems: dict[str, Any] = {}
    unusual: list[Any] = []
    for name in files:
        try:
            warnings = _check_one(name)
        except InputError as error:
            problems.update({str(problem): problem for problem in error.problems})
            continue
        click.echo(f"{name}: all right" + (f", {len(warnings)} unusual" if warnings else ""))
        unusual.extend(warnings)
    for warning in unusual:
        click.echo(f"warning: {warning}", err=True)
    if problems:
        raise InputError(problems.values())


def _check_one(name: str) -> tuple[Any, ...]:
    """Read a file as what it is; its warnings."""
    from sim.chain_files import read_chain, read_population, read_series
    from sim.policy_reader import read_history_file
    from sim.problems import InputError, TomlFile
    from sim.scenario import load

    path = Path(name)
    if not path.is_file():
        return load(name).warnings
    neighbour = path.parent / "chain.toml"
    chain = read_chain(neighbour) if neighbour.is_file() and path.name != neighbour.name else None
    if path.suffix == ".csv":
        read_series(path, chain)
        return ()
    sections = TomlFile(path).data.keys()
    if sections & {"product", "process"}:
        read_chain(path)
    elif sections & {"enterprises", "institutes"}:
        read_population(path, chain)
    elif "measure" in sections:
        problems = read_history_file(path, chain)
        if problems:
            raise InputError(problems)
    else:
        return load(name).warnings
    return ()


@click.command()
@click.argument("scenario")
@set_option
@click.option("--resolved", is_flag=True, help="Every value and who set it.")
@json_option
def show(scenario: str, settings: dict[str, Any], resolved: bool, as_json: bool) -> None:
    """Show what SCENARIO says."""
    chosen = load_scenario(scenario, settings)
    if as_json:
        print_json({**chosen.resolved(), "digest": chosen.digest})
        return
    if not resolved:
        click.echo(f"{chosen.title}\n")
        for name, text in chosen.facts():
            if name not in ("policy", "warnings"):
                click.echo(f"{name + ':':<11} {text}")
        for place, line in enumerate(chosen.policy_in_words(own=len(chosen.layers) > 1)):
            click.echo(f"{'' if place else 'policy:':<11} {line}")
        return
    for name, steps in chosen.flat().items():
        for step in steps:
            since = f"  from {step['from']}" if "from" in step else ""
            click.echo(f"{name} = {as_toml(step['value'])}{since}  # {step['by']}")
    click.echo(f"digest = {chosen.digest}")


def as_toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@click.command()
@click.argument("a")
@click.argument("b")
@json_option
def diff(a: str, b: str, as_json: bool) -> None:
    """Show where scenario B differs from scenario A."""
    one, other = load_scenario(a), load_scenario(b)
    left, right = one.flat(), other.flat()
    rows: list[dict[str, Any]] = []
    for key in sorted(left.keys() | right.keys()):
        values = [_path(side.get(key, ())) for side in (left, right)]
        if values[0] != values[1]:
            rows.append({"key": key, "a": values[0], "b": values[1]})
    for part in ("chain", "population", "series"):
        if getattr(one, part) != getattr(other, part):
            rows.append({"key": part, "a": one.name, "b": f"{other.name}, other data"})
    if as_json:
        print_json({"a": one.name, "b": other.name, "differences": rows})
        return
    for row in rows:
        click.echo(f"{row['key']}\n  - {row['a']}\n  + {row['b']}")
    if not rows:
        click.echo("no difference")


def _path(steps: Any) -> str:
    """The steps of a value as text, without who set it."""
    words: list[str] = []
    last: Any = object()
    for step in steps:
        if step["value"] != last:
            since = f" from {step['from']}" if "from" in step else ""
            words.append(f"{as_toml(step['value'])}{since}")
            last = step["value"]
    return ", ".join(words) or "nothing"


@click.command()
@click.argument("word", required=False)
@json_option
def explain(word: str | None, as_json: bool) -> None:
    """Say what WORD means: an instrument, a lever, a parameter, an output.

    "instruments", "parameters" and "outputs" list all of them.
    """
    from sim import explain as explanations

    if word in explanations.KINDS or word is None:
        kinds = explanations.KINDS if word is None else (word,)
        found = [entry for kind in kinds for entry in explanations.entries(kind)]
    else:
        found = explanations.look_up(word)
    if as_json:
        print_json(found)
    elif word is None:
        for kind in explanations.KINDS:
            number = sum(entry["kind"] == kind[:-1] for entry in found)
            click.echo(f"{number} {kind}: cluster-sim explain {kind}")
    else:
        full = len(found) <= 2
        for entry in found:
            click.echo(explanations.in_words(entry, full) + ("\n" if full else ""))


@click.command()
@click.argument("name")
@click.option("--based-on", required=True, help="The scenario that it changes.")
@click.option("--title", help="What it is.  [default: from the name]")
def new(name: str, based_on: str, title: str | None) -> None:
    """Begin a scenario file NAME.toml."""
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if path.exists():
        raise click.UsageError(f"'{path}' is there already.")
    if not path.parent.is_dir():
        raise click.UsageError(f"There is no folder '{path.parent}'.")
    from sim.scenario import find

    parent = load_scenario(based_on)
    in_library = not Path(based_on).exists()
    parent_name = based_on if in_library else os.path.relpath(find(based_on), path.parent)
    start = parent.start + 4
    heading = title or path.stem.replace("_", " ").capitalize()
    path.write_text(
        f"title = {as_toml(heading)}\n"
        'question = "What happens if ...?"\n'
        f"based_on = {as_toml(parent_name)}\n"
        "\n"
        "# All instruments and their levers: cluster-sim explain instruments\n"
        "# [policy.research_grant]\n"
        f'# start = "{start}"\n'
        "# rate = 0.2\n"
        "\n"
        "# [policy.capital_subsidy]\n"
        f'# rate = {{ schedule = {{ "{start}" = 0.1, "{start + 12}" = 0.2 }}, '
        f'shape = "linear", until = "{start + 31}" }}\n'
        f'# stages = ["{parent.chain.stages[-1].key}"]\n'
        "\n"
        "# All parameters: cluster-sim explain parameters\n"
        "# [parameters.search]\n",
        "utf-8",
    )
    click.echo(str(path))


@click.command()
def schema() -> None:
    """Print the JSON schema of scenario files, for editors."""
    from sim.scenario import Scenario

    print_json(Scenario.json_schema())
