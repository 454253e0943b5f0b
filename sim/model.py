"""The Mesa face: the same world, stepped by the same compiled quarter, seen through Mesa's vocabulary.

    model = sim.ClusterModel("baotou", rng=1)           # the burn-in has been lived: the first step is 2011Q1
    model.step()
    model.agents.select(agent_type=Enterprise).agg("cash", sum)
    model.agents_by_type[Enterprise].groupby("stage").count()
    model.datacollector.get_model_vars_dataframe()      # what sim.run(...).outputs shows

The state of the economy is in tables, not in agents. ``Enterprise``, ``Institute`` and ``Government`` are
handles on rows: made when somebody looks at ``model.agents``, dropped when the enterprise leaves, without a
state of their own. Their properties are the declared columns, to be read only, because money, goods and
people have two ends.

A rule of your own is a function ``my_rule(world, p, now)`` put somewhere into ``model.rules``, a copy of
``quarter.QUARTER``. It may be plain Python, or compiled by ``sim.compiled.rule``, which is fast and simple:

    from sim.accounts import GRANT, LOCAL_GOVERNMENT, receive
    from sim.compiled import rule

    @rule
    def help_the_small(world, p, now):
        for enterprise in world.enterprises:
            if enterprise.alive and enterprise.workers < 20.0:
                receive(world, enterprise, GRANT, LOCAL_GOVERNMENT, 0.1)

    model.rules.insert(model.rules.index(settle_accounts), help_the_small)

In plain Python whole tables go to compiled rules as they are, but a single row does not: numba cannot take
one whose columns overlap, as flows and wedges do. Call ``sim.compiled.interpreted(receive)(world, enterprise,
...)`` there. A new kind of payment (``sim.declare.money``) has to be declared before the model is made, or
the books have no line for it. The burn-in has been lived by QUARTER.

For many runs use ``sim.compare`` and the batches of the command line: they pair seeds and use all cores.
``mesa.batch_run`` works too:

    mesa.batch_run(ClusterModel, {"policy__research_grant__rate": [0.0, 0.3], "rng": [1, 2, 3]})  # Mesa 3.3
    mesa.batch_run(ClusterModel, {"policy__research_grant__rate": [0.0, 0.3]}, rng=[1, 2, 3])     # Mesa 3.5

Mesa 3.5 overwrites an ``rng`` among the parameters, and ``iterations`` of Mesa 3.3 repeat one seed; each row
says which ``seed`` it comes from.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.accounts import LOCAL_GOVERNMENT, close_books
from sim.chance import Now
from sim.declare import TABLES, Column
from sim.outputs import observe
from sim.problems import nearest
from sim.quarter import QUARTER
from sim.run import BooksDoNotClose, Run, State, begin_quarter, totals
from sim.scenario import Scenario, load
from sim.world import World

# Mesa 3.3 makes "spawn" the way in which every process of this program starts others when it is imported.
_start = multiprocessing.get_start_method(allow_none=True)
import mesa  # noqa: E402  # the start method has to be read before Mesa sets it

multiprocessing.set_start_method(_start, force=True)

if TYPE_CHECKING:
    import pandas as pd


# -------------------------------------------------------------------------------------------------- handles
class _Uncounted:
    """For the counter of Mesa 3.3, a dictionary in the class that would keep every model alive for ever."""

    def __getitem__(self, model: Any) -> Iterator[int]:
        return iter((0,))


class Handle(mesa.Agent):
    """A row of a table, seen as a Mesa agent. ``unique_id`` is the row's permanent identity ``uid``."""

    _ids = _Uncounted()
    table = ""  # the field of World

    def __init__(self, model: ClusterModel, uid: int, row: int) -> None:
        super().__init__(model)
        self.unique_id = uid
        self._row = row

    @property
    def uid(self) -> int:
        """Permanent identity, never used again."""
        return int(self.unique_id)

    @property
    def alive(self) -> bool:
        """Whether the row is in use, and still by this one."""
        table = getattr(self.model.world, self.table)
        return bool(table["alive"][self._row]) and int(table["uid"][self._row]) == self.uid

    def remove(self) -> None:
        """Drop the handle. What it stands for leaves by rules only; the next look makes a new handle."""
        self.model.forget(self)
        super().remove()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.uid}>"


def _of_columns(name: str) -> Callable[[type[Handle]], type[Handle]]:
    """Class decorator: a property for every column of a table."""

    def add(handle: type[Handle]) -> type[Handle]:
        for column, declared in TABLES[name].columns.items():
            if column in ("uid", "alive"):
                continue
            if hasattr(mesa.Agent, column):
                raise TypeError(f"{name}.{column}: Mesa's agents own this name; choose another")
            setattr(handle, column, _property(column, declared))
        return handle

    return add


def _property(name: str, declared: Column) -> property:
    def read(self: Handle) -> Any:
        if not self.alive:
            raise AttributeError(f"{self!r} has left the cluster: there is no {name} any more")
        value = getattr(self.model.world, self.table)[name][self._row]
        if not declared.slots:
            return value.item()
        value = value.copy()
        value.flags.writeable = False
        return value

    def refuse(self: Handle, value: Any) -> None:
        raise AttributeError(
            f"{type(self).__name__}.{name} is to be read only: money, goods and people have two ends. Put a "
            "rule of your own into model.rules; it moves money by accounts.pay or accounts.receive"
        )

    return property(read, refuse, doc=f"{declared.meaning} [{declared.unit}]")


@_of_columns("Enterprise")
class Enterprise(Handle):
    """An enterprise: the columns of ``world.Enterprise``."""

    table = "enterprises"


@_of_columns("Institute")
class Institute(Handle):
    """A university, a research institute or a testing centre: the columns of ``world.Institute``."""

    table = "institutes"


@_of_columns("Region")
class Government(Handle):
    """The local government, with the bank and the markets of the region: the columns of ``world.Region``."""

    table = "region"

    @property
    def alive(self) -> bool:
        """Always."""
        return True

    @property
    def cash(self) -> float:
        """What the local government has in the books of the sectors [million CNY]."""
        return float(self.model.world.balances[LOCAL_GOVERNMENT])


KINDS: tuple[type[Handle], ...] = (Government, Institute, Enterprise)


# ---------------------------------------------------------------------------------------- data collection
class Collector(mesa.DataCollector):
    """Mesa's data collector, filled from the model's own recorder.

    Model variables are the totals by quarter. Agent variables are columns of the tables at the end of each
    quarter, if they were asked for when the model was made, and None for agents that have no such column.
    """

    # batch_run of Mesa 3.3 counts rows from 0, later ones look at the steps, from 1.
    _first = 1 if hasattr(mesa.DataCollector(), "_collection_steps") else 0

    def __init__(self, model: ClusterModel, agent_reporters: Iterable[str] = ()) -> None:
        self._model = model
        names = (agent_reporters,) if isinstance(agent_reporters, str) else tuple(agent_reporters)
        known = dict.fromkeys(name for kind in KINDS for name in TABLES[_declared(kind)].columns)
        for name in names:
            if name not in known:
                near = nearest(name, known)
                hint = f"; did you mean {near!r}?" if near else ""
                raise ValueError(f"agent_reporters: no agent has a column {name!r}{hint}")
        super().__init__(agent_reporters={name: name for name in names})
        self._collection_steps: list[int] = []

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """Lists by name, a place for each step, with the quarter and the seed."""
        run = self._model.run
        listed: dict[str, list[Any]] = {"quarter": run.quarters, "seed": [run.seed] * len(run.quarters)}
        return listed | {str(name): values.tolist() for name, values in run.outputs.items()}

    @model_vars.setter
    def model_vars(self, value: Any) -> None:
        """Ignore what Mesa's own constructor sets."""

    def collect(self, model: ClusterModel) -> None:
        """Keep the agent variables of the quarter just lived. ``ClusterModel.step`` calls it."""
        self._collection_steps.append(model.steps)
        if not self.agent_reporters:
            return
        records: list[tuple[Any, ...]] = []
        for kind in KINDS:
            columns = TABLES[_declared(kind)].columns
            if not any(name in columns for name in self.agent_reporters):
                continue
            table = getattr(model.world, kind.table)
            rows = np.flatnonzero(table["alive"]) if "alive" in columns else np.arange(1)
            uids = table["uid"][rows].tolist() if "uid" in columns else [0]
            values = [
                table[name][rows].tolist() if name in columns else [None] * len(rows)
                for name in self.agent_reporters
            ]
            records += zip([model.steps] * len(rows), uids, *values, strict=True)
        self._agent_records[model.steps - 1 + self._first] = records

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """Totals by quarter: index quarters, columns output names."""
        return self._model.run.outputs


def _declared(kind: type[Handle]) -> str:
    return "Region" if kind is Government else kind.__name__


# -------------------------------------------------------------------------------------------------- model
class ClusterModel(mesa.Model):
    """A scenario as a Mesa model: one step is one quarter.

    scenario          a name, a file or a ``Scenario``
    rng               the seed of all chance in the world; None takes a fresh one (kept in ``model.seed``).
                      ``model.random`` and ``model.rng`` are there for your own use: no rule draws from them
    agent_reporters   columns to be kept for every agent and quarter, for ``get_agent_vars_dataframe``
                      (among the parameters of batch_run in a list of its own: ``[("sales", "capacity")]``)
    kwargs            the dotted settings of ``--set``, with ``__`` for the dot where a keyword is wanted:
                      ``policy__research_grant__rate=0.3``, ``run__end="2015Q4"``, ``**{"run.burn_in": 0}``

    ``running`` becomes False when the last quarter of the scenario has been lived.
    """

    def __init__(
        self,
        scenario: str | Scenario = "baotou",
        rng: Any = 1,
        agent_reporters: Iterable[str] = (),
        **kwargs: Any,  # SolaraViz of Mesa 3.3 knows them by this name only
    ) -> None:
        seed = _seed(rng)
        super().__init__(rng=seed)
        study = scenario if isinstance(scenario, Scenario) else load(scenario)
        if kwargs:
            study = study.with_settings({name.replace("__", "."): value for name, value in kwargs.items()})
        self.state = State.founded(study, seed)
        self.rules: list[Any] = list(QUARTER)
        self.datacollector: Any = Collector(self, agent_reporters)
        self._handles: dict[tuple[str, int], Handle] = {}
        self._why_over = ""
        self._counted_step = self.step  # as Mesa has wrapped it
        self.step = self._step_or_say_why  # type: ignore[method-assign]  # Mesa wraps step on the instance, so do we
        self.state.advance(study.burn_in)

    # ------------------------------------------------------------------------------------------- the quarter
    def step(self) -> None:
        """Live one quarter, by the compiled loop, or rule by rule when ``rules`` have been edited."""
        self._go_on_or_say_why()
        try:
            if tuple(self.rules) == QUARTER:
                self.state.advance(self.state.t + 1)
            else:
                live_by(self.state, self.rules)
        except BaseException as error:
            self._why_over = f"a step failed half way ({type(error).__name__}): make a new model"
            self.running = False
            raise
        self._drop_departed()
        self.datacollector.collect(self)
        self.running = self.state.t < len(self.state.levers)

    def _step_or_say_why(self) -> None:
        """Asked before Mesa counts; Mesa 3.5 does nothing at all, without a word, once a step has failed."""
        self._go_on_or_say_why()
        self._counted_step()

    def _go_on_or_say_why(self) -> None:
        if self._why_over:
            raise RuntimeError(self._why_over)
        if self.state.t >= len(self.state.levers):
            raise RuntimeError(f"the study ends in {self.quarter}; run__end='2040Q4' would let it go on")

    @property
    def quarter(self) -> str:
        """The quarter lived last; before the first step the one before the study begins."""
        return str(self.study.start + (self.state.t - self.study.burn_in - 1))

    @property
    def study(self) -> Scenario:
        """The scenario with its settings."""
        return self.state.scenario

    @property
    def scenario(self) -> Any:
        """See ``study``. SolaraViz of Mesa 3.5 wants one of Mesa's own kind here, or none."""
        raise AttributeError(
            "Mesa has scenarios of its own kind under this name; the cluster's is model.study"
        )

    @scenario.setter
    def scenario(self, value: Any) -> None:
        """Ignore what Mesa's own constructor sets."""

    @property
    def seed(self) -> int:
        """The seed of all chance in the world."""
        return self.state.seed

    @property
    def world(self) -> World:
        """The tables of the world, as they are now."""
        return self.state.world

    @property
    def run(self) -> Run:
        """The run so far, as ``sim.run`` returns it."""
        first = self.study.burn_in
        return Run(self.study, self.seed, self.state.recorder[first : self.state.t], self.state)

    # ------------------------------------------------------------------------------------------------ agents
    @mesa.Model.agents.getter  # type: ignore[untyped-decorator]  # Mesa's property has no types
    def agents(self) -> Any:
        """All agents: the government, institutes and enterprises, in the order of their founding."""
        self._look()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agents by class: Government, Institute, Enterprise."""
        self._look()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of agents there are."""
        self._look()
        return super().agent_types

    def _look(self) -> None:
        """A handle for all who are there. Their order does not depend on when one looks."""
        there = self._there()
        self._drop_departed()
        for (table, uid), (_, kind, row) in sorted(there.items(), key=lambda item: item[1]):
            if (table, uid) not in self._handles:
                self._handles[table, uid] = KINDS[kind](self, uid, row)

    def _there(self) -> dict[tuple[str, int], tuple[int, int, int]]:
        """Quarter of founding, place in KINDS and row of all who are there."""
        there = {(Government.table, 0): (-(1 << 60), 0, 0)}
        for place, kind in enumerate(KINDS):
            if kind is not Government:
                table = getattr(self.world, kind.table)
                for row in np.flatnonzero(table["alive"]).tolist():
                    there[kind.table, int(table["uid"][row])] = (int(table["founded"][row]), place, row)
        return there

    def _drop_departed(self) -> None:
        for handle in [each for each in self._handles.values() if not each.alive]:
            handle.remove()

    def forget(self, handle: Handle) -> None:
        """What a handle calls when it is removed."""
        self._handles.pop((handle.table, handle.uid), None)


def live_by(state: State, rules: Sequence[Any]) -> None:
    """Live one quarter rule by rule: with the rules of QUARTER equal to the bit to ``run.run_quarters``."""
    state.make_room()
    now = Now(state.seed, state.t)
    begin_quarter(state.world, state.levers[state.t], now)
    for each in rules:
        each(state.world, state.p, now)
    observe(state.world, state.p, now, totals(), state.kept, state.recorder[state.t])
    closed = close_books(state.world, now)
    state.t += 1
    if not closed:
        raise BooksDoNotClose(state.gap())


def _seed(rng: Any) -> int:
    """A seed from whatever Mesa takes for one."""
    if isinstance(rng, int | np.integer):
        return int(rng)
    return int(np.random.default_rng(rng).integers(1 << 31))
