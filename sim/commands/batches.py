"""Commands for many runs: batch, status, export, replay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from sim.commands.common import json_option, print_json

if TYPE_CHECKING:
    from sim.experiments.execution import Progress
    from sim.experiments.plan import Plan
    from sim.experiments.results import Results
    from sim.experiments.store import Store

INTERRUPTED = 130  # as shells have it

store_option = click.option(
    "--store",
    default=Path(),
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of results.  [default: here]",
)


def part_of(ctx: click.Context, option: click.Parameter, text: str) -> tuple[int, int]:
    """``i/n`` of --shard."""
    number, _, of = text.partition("/")
    if number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise click.BadParameter(f"'{text}' is not i/n with i from 1 to n, as in 3/100")


@click.command()
@click.argument("design", type=click.Path(path_type=Path))
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of results.  [default: results/DESIGN]",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes.  [default: one per core]")
@click.option("--scheduler", help="Dask: local, tcp://host:port or the scheduler's file; or mpi.")
@click.option(
    "--shard", default="1/1", callback=part_of, metavar="i/n", help="Only part i of n, for job arrays."
)
@click.option(
    "--on-error", type=click.Choice(["slow", "fast"]), default="slow", show_default=True,
    help="After a run that fails go on with the others, or stop.",
)  # fmt: skip
@click.option("--retry-failed", is_flag=True, help="Also run again what failed before.")
@click.option("--dry-run", is_flag=True, help="Only say how many runs, how long and how large, from a probe.")
@json_option
def batch(
    design: Path,
    store: Path | None,
    jobs: int | None,
    scheduler: str | None,
    shard: tuple[int, int],
    on_error: Literal["slow", "fast"],
    retry_failed: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Do what DESIGN says; what is finished is not done again."""
    import os

    from sim.terminal import Working

    place = store or Path("results") / design.stem
    jobs = jobs or os.cpu_count() or 1
    with Working("Reading the design") as working:
        from sim import compiled
        from sim.experiments.batch import batch as do
        from sim.experiments.batch import estimate
        from sim.experiments.designs import Design
        from sim.experiments.execution import StoreError, WorkersLost
        from sim.experiments.plan import planned
        from sim.experiments.store import Store

        compiled.announce = working.compiling
        read = Design.read(design)
        if dry_run:
            working.say("Trying some runs")
            plan = planned(read)
            _show_estimate(plan, estimate(plan, Store(place)), jobs, as_json)
            return
        working.say("Planning")

        def tell(status: Progress) -> None:
            working.step(status.done + status.failed, status.planned, in_words(status))

        try:
            results = do(
                read, scheduler or "processes", place, jobs=jobs, shard=shard, on_error=on_error,
                retry=retry_failed, progress=tell,
            )  # fmt: skip
        except (StoreError, WorkersLost) as error:
            raise click.ClickException(str(error)) from error
    _show_status(results.store, results, as_json)
    if results.interrupted:
        click.echo("Stopped; what is finished is kept, and the same command goes on.", err=True)
        sys.exit(INTERRUPTED)
    if results.failures:
        sys.exit(1)
    click.echo(
        f"Tables: cluster-sim export {place}, or in Python sim.Results({str(place)!r}).final()", err=True
    )


def in_words(status: Progress) -> str:
    """Rate, time left and failures."""
    words = [f"{status.rate:.3g} runs/s", f"{duration(status.left)} left"]
    if status.failed:
        words.append(f"{status.failed} failed")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def size(number: float) -> str:
    """Bytes in the unit that suits them."""
    return next(
        (f"{number / 10**n:.3g} {unit}" for n, unit in ((9, "GB"), (6, "MB"), (3, "kB")) if number >= 10**n),
        f"{number:.0f} B",
    )


def _show_estimate(plan: Plan, found: Any, jobs: int, as_json: bool) -> None:
    if as_json:
        print_json({**found.to_dict(), "jobs": jobs})
        return
    design = plan.design
    click.echo(f"{design.title}: {len(design.scenarios)} scenarios, {len(plan.variants) // len(design.scenarios)} points, "
               f"{len(design.seeds)} seeds")  # fmt: skip
    click.echo(f"runs:  {found.runs}, of which {found.runs - found.left} are finished")
    click.echo(
        f"time:  about {duration(found.seconds / jobs)} with {jobs} jobs ({found.seconds / max(1, found.left):.2g} s a run)"
    )
    tables = ", ".join(f"{name} {size(each)}" for name, each in found.by_table.items())
    click.echo(f"disk:  about {size(found.bytes)}, {size(found.free)} are free (a run: {tables})")


@click.command()
@click.argument("store", default=Path(), type=click.Path(path_type=Path))
@json_option
def status(store: Path, as_json: bool) -> None:
    """Say what is in STORE, the folder of a batch."""
    from sim.experiments.results import Results
    from sim.experiments.store import Store

    place = Store.existing(store)
    _show_status(place, Results(place), as_json)


def _show_status(store: Store, results: Results, as_json: bool) -> None:
    counts = results.runs["state"].value_counts()
    facts: dict[str, Any] = {
        "store": str(store.folder),
        "design": results.design["title"],
        "model": results.design["model"],
        **{state: int(counts.get(state, 0)) for state in ("finished", "failed", "left")},
        "other designs": len(store.finished().of)
        - int(results.runs.loc[results.runs["state"] == "finished", "run"].nunique()),
        "damaged": sum(len(receipt.runs) for receipt in store.finished().damaged),
        "sessions": len(store.manifest["sessions"]),
        "failures": {run: about["error"] for run, about in results.failures.items()},
    }
    if as_json:
        print_json(facts)
        return
    failures = facts.pop("failures")
    for name, value in facts.items():
        if value not in (0, "") or name in ("finished", "failed", "left"):
            click.echo(f"{name + ':':<15} {value}")
    for run, error in list(failures.items())[:10]:
        click.echo(f"  {run}: {error.splitlines()[0]}")
    if failures:
        click.echo(
            f"Tracebacks: {store.folder / 'failures'}; one again: cluster-sim replay {next(iter(failures))} --store {store.folder}"
        )


@click.command()
@click.argument("store", default=Path(), type=click.Path(path_type=Path))
@click.option(
    "--format", "form", default="csv", show_default=True,
    type=click.Choice(["csv", "parquet", "netcdf", "salib", "ema"]), help="What for.",
)  # fmt: skip
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.  [default: STORE/export]",
)
def export(store: Path, form: str, out: Path | None) -> None:
    """Write the results of STORE in another form."""
    from sim.experiments.export import export as write
    from sim.experiments.results import Results

    for path in write(Results(store), form, out or store / "export"):
        click.echo(str(path))


@click.command()
@click.argument("run")
@store_option
@json_option
def replay(run: str, store: Path, as_json: bool) -> None:
    """Re-create RUN (its id, or the beginning of it) and verify its bits."""
    from sim.experiments.replay import replay as repeat
    from sim.experiments.store import Store

    found = repeat(Store.existing(store), run)
    if as_json:
        print_json({"run": found.id, "scenario": found.run.scenario.name, "seed": found.run.seed, "bits": found.bits,
                    "kept": found.kept, "same": found.same, "differs": list(found.differs)})  # fmt: skip
    else:
        verdict = {True: "the same to the bit", None: "not in the store"}.get(found.same)
        click.echo(
            f"{found.id}: {found.run.scenario.name}, seed {found.run.seed}: {verdict or 'NOT the same'}"
        )
        if found.same is False:
            what = ", ".join(found.differs) or "what was measured"
            click.echo(
                f"{what} differs: another machine or library versions (manifest.json), or damaged files",
                err=True,
            )
    if found.same is False:
        sys.exit(1)
