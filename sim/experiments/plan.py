"""Plan: every run of a design, with the scenario it stands for and its id.

    run id = hash(scenario digest, model version, seed)

The digest of a scenario is that of all a run depends on (data, time, levers, parameters), so the id depends neither on
names nor on the design, and a run that is in two designs is one run. The model version is the digest of the model's
source, comments and docstrings left out.

Runs are ordered so that those with one past (same data, parameters and seed) stand together: a worker founds their
world once and forks it.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.shared_history import set_parameters
from sim.experiments.designs import Design, as_text
from sim.experiments.factors import MIX, Point
from sim.experiments.sampling import sampled
from sim.scenario import Scenario, data_digest

if TYPE_CHECKING:
    import pandas as pd

# The model: what a run depends on beside its scenario.
MODEL = (
    "accounts",
    "calendar",
    "chain",
    "chance",
    "declare",
    "founding",
    "quarter",
    "run",
    "schedule",
    "world",
)
MODEL_FOLDERS = ("outputs", "policies", "rules")


@dataclass(frozen=True)
class Variant:
    """A scenario at a point of the design."""

    base: str
    point: int
    values: Point
    digest: str
    past: str  # digest of all that shapes its runs but policy


@dataclass(frozen=True)
class PlannedRun:
    """One run: its id, its variant and its seed."""

    run: str
    variant: int
    seed: int


@dataclass(frozen=True)
class Plan:
    """A design with every run named."""

    design: Design
    model: str
    variants: tuple[Variant, ...]
    runs: tuple[PlannedRun, ...]

    @cached_property
    def digest(self) -> str:
        """Of all that is planned."""
        content = [as_text(self.design), self.model, [run.run for run in self.runs]]
        return digest_of(content)

    def scenario(self, variant: int) -> Scenario:
        """The scenario of a variant, built anew: thousands of them would not fit in memory."""
        chosen = self.variants[variant]
        return composed(self.design.by_name, chosen.base, self.design.settings, chosen.values)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per run: run, design, model, scenario, point, seed and the value of each factor."""
        import pandas as pd

        rows = [(run, self.variants[run.variant]) for run in self.runs]
        columns: dict[str, Any] = {
            "run": [run.run for run, _ in rows],
            "design": self.digest,
            "model": self.model,
            "scenario": [variant.base for _, variant in rows],
            "point": [variant.point for _, variant in rows],
            "seed": [run.seed for run, _ in rows],
        }
        names = dict.fromkeys(name for variant in self.variants for name in variant.values)
        columns |= {name: [variant.values.get(name) for _, variant in rows] for name in names}
        return pd.DataFrame(columns)

    def part(self, number: int, of: int) -> list[PlannedRun]:
        """Part ``number`` (from 1) of ``of`` equal ones: whole pasts, dealt out in turn."""
        pasts = {key: place for place, key in enumerate(dict.fromkeys(map(self.past_of, self.runs)))}
        return [run for run in self.runs if pasts[self.past_of(run)] % of == number - 1]

    def past_of(self, run: PlannedRun) -> tuple[str, int]:
        """What runs that can be forked from one world have in common."""
        return self.variants[run.variant].past, run.seed


def planned(design: Design) -> Plan:
    """All runs of a design. Raises :class:`InputError` when a point gives no scenario."""
    points = list(design.points) or sampled(design.factors, design.sample)
    variants = tuple(_variants(design, points))
    model = model_version()
    order = {past: place for place, past in enumerate(dict.fromkeys(variant.past for variant in variants))}
    places = sorted(range(len(variants)), key=lambda place: order[variants[place].past])
    runs: dict[tuple[str, int], list[PlannedRun]] = {}
    for place in places:
        for seed in design.seeds:
            run = PlannedRun(run_id(variants[place].digest, model, seed), place, seed)
            runs.setdefault((variants[place].past, seed), []).append(run)
    return Plan(design, model, variants, tuple(run for group in runs.values() for run in group))


def _variants(design: Design, points: Sequence[Point]) -> Iterator[Variant]:
    for base in design.scenarios:
        for number, point in enumerate(points):
            scenario = composed(design.by_name, base.name, design.settings, point)
            yield Variant(base.name, number, point, scenario.digest, past(scenario))


def composed(scenarios: Mapping[str, Scenario], base: str, settings: Point, point: Point) -> Scenario:
    """A scenario at a point: the packages that are in force, then settings of the design, then factors."""
    made = scenarios[base]
    for name in point:
        if name.startswith(MIX) and point[name]:
            made = made.with_package(scenarios[name.removeprefix(MIX)], scenarios[base])
    factors = {name: value for name, value in point.items() if not name.startswith(MIX)}
    return made.with_settings({**settings, **factors}) if settings or factors else made


def run_id(scenario: str, model: str, seed: int) -> str:
    """The name of a run, the same everywhere and for ever."""
    return digest_of([scenario, model, seed])


def past(scenario: Scenario) -> str:
    """Digest of all that shapes a run but policy (``analysis.shared_history.same_past``)."""
    data = [data_digest(getattr(scenario, part)) for part in ("chain", "population", "series")]
    time = [str(scenario.start), scenario.quarters, scenario.burn_in]
    return digest_of([data, time, set_parameters(scenario)])


def digest_of(content: Any) -> str:
    """Sixteen hexadecimal digits that stand for plain data."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def model_version() -> str:
    """Digest of the model's source without comments and docstrings, and the version of the package."""
    here = Path(__file__).resolve().parents[1]
    files = [here / f"{name}.py" for name in MODEL]
    files += sorted(path for folder in MODEL_FOLDERS for path in (here / folder).glob("*.py"))
    text = hashlib.sha256(version("cluster-sim").encode())
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if (
                isinstance(body, list)
                and body
                and isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            ):
                if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                    del body[0]
        text.update(path.name.encode() + ast.dump(tree).encode())
    return text.hexdigest()[:12]
