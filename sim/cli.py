"""The command line: ``cluster-sim`` or ``python -m sim``.

Results go to the output, messages and progress to the error stream. Exit codes: 0 all right, 1 something
failed, 2 bad input. Whatever is slow to import is imported by the commands that need it, so that help and
the tools for files start at once.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.compare import Comparison
    from sim.scenario import Scenario

# Commands that never run the model: rules stay plain functions and numba is not imported.
READERS = frozenset({"check", "show", "diff", "explain", "new", "schema"})

# What the tables of `run`, `compare` and `demo` show unless everything is asked for.
HEADLINES = (
    "enterprises",
    "employment",
    "output_counted_volume",
    "new_materials_share",
    "new_materials_volume",
    "mean_stage_counted",
    "products_at_scale",
    "local_conversion_rate",
    "local_sourcing_rate",
    "value_multiplication",
    "inventive_innovations",
    "research",
    "digestion_ratio",
    "capability_gap",
    "talents_employed",
    "export_share",
    "public_cost",
)
DEMO = ("chain_extension", "innovation_system", "talents_local_and_introduced", "all_together")


class BadInput(click.ClickException):
    """Problems of input files."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file or sys.stderr)
        number = self.message.count("\n") + 1
        click.echo(f"{number} problem{'s' if number > 1 else ''}, nothing was done.", file=file or sys.stderr)


class Commands(click.Group):
    """Knows the nearest command, takes --debug anywhere, and shows tracebacks only with it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.obj = {"debug": "--debug" in args}
        return super().parse_args(ctx, [arg for arg in args if arg != "--debug"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from sim.problems import InputError

        try:
            return super().invoke(ctx)
        except InputError as error:
            if ctx.obj["debug"]:
                raise
            raise BadInput(str(error)) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.obj["debug"]:
                raise
            first = (str(error).splitlines() or [""])[0]
            what = f"{type(error).__name__}: {first if len(first) <= 300 else first[:297] + '...'}"
            raise click.ClickException(f"{what} (--debug shows where)") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="cluster-sim", prog_name="cluster-sim")
def cli(debug: bool) -> None:
    """A laboratory for the policies of an industrial cluster."""


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


# --------------------------------------------------------------------------------- helpers
def _settings(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """``key=value`` of --set, values as in TOML; what is no TOML is text."""
    settings: dict[str, Any] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"'{text}' is not key=value, as in policy.research_grant.rate=0.3")
        if key.strip() in settings:
            raise click.BadParameter(f"'{key.strip()}' is set twice")
        try:
            settings[key.strip()] = tomllib.loads(f"x = {value}")["x"]
        except tomllib.TOMLDecodeError:
            settings[key.strip()] = value.strip()
    return settings


set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    callback=_settings,
    metavar="KEY=VALUE",
    help="Change a value, e.g. policy.research_grant.rate=0.3 or parameters.search.pace=0.2.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
seeds_help = "Paired seeds: every scenario runs with the same luck."


def _load(name: str, settings: dict[str, Any] | None = None) -> Scenario:
    from sim.scenario import load

    scenario = load(name)
    if settings:
        scenario = scenario.with_settings(settings)
    for warning in scenario.warnings:
        click.echo(f"warning: {warning}", err=True)
    return scenario


def _print_json(data: Any) -> None:
    click.echo(json.dumps(_clean(data), ensure_ascii=False, indent=1))


def _clean(data: Any) -> Any:
    """JSON knows neither NaN nor numpy's numbers."""
    if isinstance(data, dict):
        return {str(key): _clean(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_clean(value) for value in data]
    if hasattr(data, "item"):
        data = data.item()
    return None if isinstance(data, float) and not math.isfinite(data) else data


def _folder(path: Path) -> Path:
    """Refuse a folder that cannot be made before the work begins."""
    parent = next(p for p in (path, *path.absolute().parents) if p.exists())
    if not parent.is_dir():
        raise click.BadParameter(f"'{parent}' is a file, not a folder")
    return path


# --------------------------------------------------------------------------------- running
@cli.command()
@click.argument("scenario")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="The run's luck.")
@set_option
@click.option("--quarters", type=click.IntRange(min=1), help="Run this many quarters only.")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all outputs to a .csv, .json or .parquet file.",
)
@json_option
def run(
    scenario: str,
    seed: int,
    settings: dict[str, Any],
    quarters: int | None,
    everything: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run SCENARIO once."""
    if out is not None and out.suffix not in (".csv", ".json", ".parquet"):
        raise click.BadParameter(f"'{out}' does not end in .csv, .json or .parquet", param_hint="--out")
    from sim.terminal import Working

    with Working("Reading the scenario") as working:
        chosen = _load(scenario, settings)
        working.say("Importing the model")
        from sim import compiled
        from sim.run import run as run_model

        compiled.announce = working.compiling
        working.say("Running")
        made = run_model(chosen, seed=seed, quarters=quarters, progress=working.step)
    document = _run_document(made)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".json":
            out.write_text(json.dumps(_clean(document), ensure_ascii=False), "utf-8")
        elif out.suffix == ".csv":
            made.outputs.to_csv(out, index_label="quarter")
        else:
            made.outputs.to_parquet(out)
        click.echo(f"written: {out}", err=True)
    if as_json:
        _print_json(document)
    else:
        _show_run(made, everything)


def _unit(unit: str) -> str:
    """A unit for a table: counts have none."""
    return "" if unit == "1" else unit


def _run_document(made: Any) -> dict[str, Any]:
    from sim.declare import OUTPUTS

    return {
        "scenario": made.scenario.name,
        "seed": made.seed,
        "quarters": [str(quarter) for quarter in made.outputs.index],
        "outputs": {
            name: {
                "unit": OUTPUTS[name].unit if name in OUTPUTS else "",
                "values": made.outputs[name].tolist(),
            }
            for name in made.outputs.columns
        },
    }


def _show_run(made: Any, everything: bool) -> None:
    """Yearly values of some years: flows summed, stocks at the end, rates averaged."""
    from sim.declare import OUTPUTS
    from sim.terminal import table

    columns = list(made.outputs.columns)
    names = columns if everything else [name for name in HEADLINES if name in columns]
    years = [str(quarter)[:4] for quarter in made.outputs.index]
    ways = {"flow": "sum", "stock": "last", "rate": "mean"}
    chosen = sorted(set(years))
    chosen = sorted({*chosen[:: max(1, len(chosen) // 6)], chosen[-1]})
    rows = []
    for name in names or columns:
        declared = OUTPUTS.get(name)
        way = ways[declared.kind] if declared else "mean"
        yearly = made.outputs[name].groupby(years).agg(way)
        label = declared.label[0] if declared else name
        rows.append([label, _unit(declared.unit if declared else ""), *(yearly[year] for year in chosen)])
    table(f"{made.scenario.title} (seed {made.seed})", ["by year", "unit", *chosen], rows, texts=2)


def _compare(names: tuple[str, ...], seeds: int, jobs: int | None) -> tuple[Comparison, dict[str, Any]]:
    """Read, compile and run, with progress: the comparison, and the same for machines."""
    from sim.terminal import Working

    with Working("Reading the scenarios") as working:
        scenarios = [_load(name) for name in names]
        working.say("Importing the model")
        from sim import compiled
        from sim.compare import compare as compare_scenarios

        compiled.announce = working.compiling
        working.say("Starting")
        comparison = compare_scenarios(
            scenarios, seeds=seeds, jobs=jobs or os.cpu_count() or 1, progress=working.step
        )
    document = {
        "baseline": scenarios[0].name,
        "seeds": seeds,
        "effects": comparison.effects.to_dict("records"),
        "cost": comparison.costs.to_dict("records"),
    }
    return comparison, document


def _show_comparison(comparison: Any, everything: bool) -> None:
    """The effect table, then what it costs."""
    from sim.terminal import number, table

    effects = comparison.effects
    if not everything and effects["output"].isin(HEADLINES).any():
        effects = effects[effects["output"].isin(HEADLINES)]
        effects = effects.sort_values("output", key=lambda names: names.map(HEADLINES.index), kind="stable")
    for scenario, part in effects.groupby("scenario", sort=False):
        rows = [
            [
                row.label,
                _unit(row.unit),
                row.effect,
                f"{number(row.low)} .. {number(row.high)}",
                "-" if row.percent != row.percent else f"{row.percent:+.1f}",
                "-" if row.better != row.better else f"{row.better:.0%}",
                str(int(row.n)),
            ]
            for row in part.itertuples()
        ]
        columns = ["output", "unit", "effect", "95 % interval", "%", "better in", "pairs"]
        table(f"{scenario} against the baseline", columns, rows, texts=2)
    costs = comparison.costs
    if len(costs):
        kinds = ["outlay", "tax_expenditure", "implicit", "administration", "total"]
        kinds = [kind for kind in kinds if kind in costs.columns]
        total = costs.groupby("scenario", sort=False)[kinds].sum()
        rows = [[str(scenario), *(row[kind] for kind in kinds)] for scenario, row in total.iterrows()]
        table("Public cost", ["scenario", *(kind.replace("_", " ") for kind in kinds)], rows)


def _write_comparison(comparison: Any, document: dict[str, Any], folder: Path) -> list[Path]:
    """Effects and costs as CSV and JSON, and the figure."""
    folder.mkdir(parents=True, exist_ok=True)
    comparison.effects.to_csv(folder / "effects.csv", index=False)
    comparison.costs.to_csv(folder / "costs.csv", index=False)
    text = json.dumps(_clean(document), ensure_ascii=False, indent=1)
    (folder / "comparison.json").write_text(text, "utf-8")
    written = [folder / name for name in ("effects.csv", "costs.csv", "comparison.json")]
    try:
        from sim.figures import effect_plot
    except ImportError:
        return written
    for name in ("effects.svg", "effects.png"):
        effect_plot(comparison, folder / name)
        written.append(folder / name)
    return written


def _finish(comparison: Any) -> None:
    failures = getattr(comparison, "failures", ())
    if len(failures):
        click.echo(f"{len(failures)} runs failed", err=True)
        sys.exit(1)


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="A B [C ...]")
@click.option("--seeds", default=50, show_default=True, type=click.IntRange(min=2), help=seeds_help)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the effect table."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Write tables and figure to a folder."
)
@json_option
def compare(
    scenarios: tuple[str, ...],
    seeds: int,
    jobs: int | None,
    everything: bool,
    csv_file: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare scenarios, paired by seed; the first is the baseline."""
    if len(scenarios) < 2:
        raise click.UsageError("Name at least two scenarios; the first is the baseline.")
    if out is not None:
        _folder(out)
    comparison, document = _compare(scenarios, seeds, jobs)
    if csv_file is not None:
        csv_file.parent.mkdir(parents=True, exist_ok=True)
        comparison.effects.to_csv(csv_file, index=False)
        click.echo(f"written: {csv_file}", err=True)
    if out is not None:
        for path in _write_comparison(comparison, document, out):
            click.echo(f"written: {path}", err=True)
    if as_json:
        _print_json(document)
    else:
        _show_comparison(comparison, everything)
    _finish(comparison)


@cli.command()
@click.option("--seeds", default=20, show_default=True, type=click.IntRange(min=2), help=seeds_help)
@click.option("--jobs", type=click.IntRange(min=1), help="Processor cores to use.  [default: all]")
@click.option("--all", "everything", is_flag=True, help="Show all outputs, not only the headlines.")
@click.option(
    "--out",
    default=Path("results/demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where tables and figure go.",
)
def demo(seeds: int, jobs: int | None, everything: bool, out: Path) -> None:
    """The main job: the reference case against three packages and their mix."""
    _folder(out)
    comparison, document = _compare(("baotou", *DEMO), seeds, jobs)
    written = _write_comparison(comparison, document, out)
    _show_comparison(comparison, everything)
    click.echo("Written: " + ", ".join(str(path) for path in written))
    _finish(comparison)


# --------------------------------------------------------------------------------- scenario tools
@cli.command()
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


@cli.command()
@click.argument("scenario")
@set_option
@click.option("--resolved", is_flag=True, help="Every value and who set it.")
@json_option
def show(scenario: str, settings: dict[str, Any], resolved: bool, as_json: bool) -> None:
    """Show what SCENARIO says."""
    chosen = _load(scenario, settings)
    if as_json:
        _print_json({**chosen.resolved(), "digest": chosen.digest})
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
            click.echo(f"{name} = {_value(step['value'])}{since}  # {step['by']}")
    click.echo(f"digest = {chosen.digest}")


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@cli.command()
@click.argument("a")
@click.argument("b")
@json_option
def diff(a: str, b: str, as_json: bool) -> None:
    """Show where scenario B differs from scenario A."""
    one, other = _load(a), _load(b)
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
        _print_json({"a": one.name, "b": other.name, "differences": rows})
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
            words.append(f"{_value(step['value'])}{since}")
            last = step["value"]
    return ", ".join(words) or "nothing"


@cli.command()
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
        _print_json(found)
    elif word is None:
        for kind in explanations.KINDS:
            number = sum(entry["kind"] == kind[:-1] for entry in found)
            click.echo(f"{number} {kind}: cluster-sim explain {kind}")
    else:
        full = len(found) <= 2
        for entry in found:
            click.echo(explanations.in_words(entry, full) + ("\n" if full else ""))


@cli.command()
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

    parent = _load(based_on)
    in_library = not Path(based_on).exists()
    parent_name = based_on if in_library else os.path.relpath(find(based_on), path.parent)
    start = parent.start + 4
    heading = title or path.stem.replace("_", " ").capitalize()
    path.write_text(
        f"title = {_value(heading)}\n"
        'question = "What happens if ...?"\n'
        f"based_on = {_value(parent_name)}\n"
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


@cli.command()
def schema() -> None:
    """Print the JSON schema of scenario files, for editors."""
    from sim.scenario import Scenario

    _print_json(Scenario.json_schema())


# --------------------------------------------------------------------------------- the machine
@cli.command()
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
    here = Path(__file__).resolve().parent.parent
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
        _print_json(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name + ':':<16} {value}")
    if done.returncode != 0:
        sys.exit(1)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
