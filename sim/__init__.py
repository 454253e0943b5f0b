"""cluster-sim: a laboratory for the policies of an industrial cluster.

    import sim
    base = sim.load("baotou")
    grant = base.with_policy(research_grant={"rate": 0.3, "start": "2013Q1"}, title="R&D grant")
    run = sim.run(base, seed=1)
    comparison = sim.compare([base, grant], seeds=50)

The public names are imported when first used, so that ``import sim`` is fast.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sim.starting import without_collection

if TYPE_CHECKING:
    from sim.calendar import Quarter as Quarter
    from sim.compare import Comparison as Comparison
    from sim.compare import compare as compare
    from sim.experiments.batch import batch as batch
    from sim.experiments.designs import Design as Design
    from sim.experiments.results import Results as Results
    from sim.model import ClusterModel as ClusterModel
    from sim.problems import InputError as InputError
    from sim.run import Run as Run
    from sim.run import run as run
    from sim.scenario import Scenario as Scenario
    from sim.scenario import load as load

PUBLIC = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "InputError": "sim.problems",
    "Quarter": "sim.calendar",
    "run": "sim.run",
    "Run": "sim.run",
    "compare": "sim.compare",
    "Comparison": "sim.compare",
    "Design": "sim.experiments.designs",
    "batch": "sim.experiments.batch",
    "Results": "sim.experiments.results",
    "ClusterModel": "sim.model",
}
__all__ = list(PUBLIC)


class _Package(ModuleType):
    """The package with its public names as properties.

    Properties and not attributes, because Python sets ``sim.run`` to the module of that name whenever it
    imports it; here ``sim.run`` is always the function.
    """

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *PUBLIC})


def _public(name: str, module: str) -> property:
    def get(_: ModuleType) -> Any:
        with without_collection():
            return getattr(importlib.import_module(module), name)

    def keep(_: ModuleType, value: Any) -> None:
        """Ignore what the import system sets."""

    return property(get, keep)


for _name, _module in PUBLIC.items():
    setattr(_Package, _name, _public(_name, _module))
sys.modules[__name__].__class__ = _Package
