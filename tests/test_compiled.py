"""Compiled: machine code is never stale, and is an optimisation, not a dialect."""

from __future__ import annotations

import gc
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from conftest import differences, scenario

import sim.compiled
from sim.chance import Now
from sim.run import State, compile_outputs, observe, totals
from sim.starting import without_collection

ROOT = Path(sim.compiled.__file__).parents[1]

# Two rules in two files: `total` calls `tax`, which reads a constant.
TAX = '''
from sim.compiled import rule

RATE = 0.25
STEPS = (1, 2)

@rule
def tax(income):
    """A share."""
    return RATE * income
'''
TOTAL = '''
from mini.tax import tax
from sim.compiled import rule

@rule
def total(income):
    """Income less tax."""
    return income - tax(income)
'''


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A folder with the package ``mini`` and an empty cache beside it."""
    package = tmp_path / "mini"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "tax.py").write_text(TAX)
    (package / "total.py").write_text(TOTAL)
    (tmp_path / "cache").mkdir()
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CLUSTER_SIM", "PYTEST", "NUMBA"))}
    path = os.pathsep.join([str(folder), str(ROOT)])
    # Python's own bytecode goes by date and size, which an edit here may leave as they were.
    ours = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "CLUSTER_SIM_CACHE": str(folder / "cache")}
    return {**kept, **ours, **more}


def run(folder: Path, **more: str) -> list[str]:
    """What a process prints that calls `total`: the result, and whether it was compiled or loaded."""
    code = "from mini.total import total; print(total(100.0)); "
    code += "print('compiled' if sum(total.door.stats.cache_misses.values()) else 'loaded')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Edit a file and give it the date that it had, as a fresh checkout may."""
    path = folder / "mini" / file
    before = path.stat()
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_is_compiled_is_kept(mini: Path) -> None:
    assert run(mini) == ["75.0", "compiled"]
    assert run(mini) == ["75.0", "loaded"]


def test_what_is_kept_starts_without_what_numba_needs_to_compile(mini: Path) -> None:
    run(mini)
    code = "import sys; from mini.total import total; print(total(100.0), 'scipy.linalg' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(mini), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["75.0", "False"]


def test_garbage_is_sought_again_after_the_start() -> None:
    with without_collection(), without_collection():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() == 0
    gc.freeze()
    try:
        with without_collection():
            pass
        assert gc.get_freeze_count() > 1000  # nor is thawed what others froze
    finally:
        gc.unfreeze()
    gc.disable()
    try:
        with without_collection():
            pass
        assert not gc.isenabled()  # it was not we who stopped it
    finally:
        gc.enable()


def test_an_edit_in_a_called_rule_is_never_missed(mini: Path) -> None:
    assert run(mini)[0] == "75.0"
    change(mini, "tax.py", "return RATE * income", "return RATE * income + 1.0")
    assert run(mini) == ["74.0", "compiled"]
    change(mini, "tax.py", "return RATE * income + 1.0", "return RATE * income")
    assert run(mini) == ["75.0", "loaded"]  # versions live side by side


def test_an_edit_of_a_constant_is_never_missed(mini: Path) -> None:
    assert run(mini)[0] == "75.0"
    change(mini, "tax.py", "RATE = 0.25", "RATE = 0.40")
    assert run(mini) == ["60.0", "compiled"]


def test_an_edit_in_the_calling_rule_is_never_missed(mini: Path) -> None:
    assert run(mini)[0] == "75.0"
    change(mini, "total.py", "return income - tax(income)", "return income - 2.0 * tax(income)")
    assert run(mini)[0] == "50.0"


def test_an_edit_of_what_no_rule_reads_compiles_nothing(mini: Path) -> None:
    assert run(mini)[1] == "compiled"
    change(mini, "tax.py", "STEPS = (1, 2)", "STEPS = (3, 4)")
    assert run(mini) == ["75.0", "loaded"]


def test_a_rule_of_other_rules_in_a_tuple_is_stamped_with_them(mini: Path) -> None:
    (mini / "mini" / "total.py").write_text(
        "from mini.tax import tax\nfrom sim.compiled import literal_unroll, rule\n"
        "ALL = (tax,)\n\n@rule\ndef total(income):\n    left = income\n    for each in literal_unroll(ALL):\n"
        "        left -= each(income)\n    return left\n"
    )
    assert run(mini)[0] == "75.0"
    change(mini, "tax.py", "RATE = 0.25", "RATE = 0.10")
    assert run(mini)[0] == "90.0"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="read-only folders are made so on POSIX")
def test_a_cache_that_cannot_be_written_is_replaced(mini: Path) -> None:
    """A file where the folder should be cannot be written by anybody, root included."""
    blocked = mini / "blocked"
    blocked.write_text("")
    other = mini / "elsewhere"
    other.mkdir()
    told = run(mini, CLUSTER_SIM_CACHE=str(blocked / "cache"), TMPDIR=str(other))
    assert told == ["75.0", "compiled"]
    assert list(other.rglob("*.nbi"))
    if os.getuid() != 0:
        (mini / "cache").chmod(stat.S_IRUSR | stat.S_IXUSR)
        assert run(mini, TMPDIR=str(other)) == ["75.0", "loaded"]


def test_four_cold_starts_at_once_all_work(mini: Path) -> None:
    code = "from mini.total import total; print(total(100.0))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment(mini), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for each in started:
        out, err = each.communicate(timeout=300)
        assert (each.returncode, out.strip()) == (0, "75.0"), err
    assert run(mini) == ["75.0", "loaded"]


def test_interpreted_on_demand_without_numba(mini: Path) -> None:
    code = "import sys; from mini.total import total; print(total(100.0)); print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(mini, CLUSTER_SIM_INTERPRET="1"), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["75.0", "False"]


# -------------------------------------------------------------------------------------------------- the real rules
WHOLE = """
import sys, numpy as np
import sim
from sim.run import State
state = State.founded(sim.load(sys.argv[1]).with_run(burn_in=int(sys.argv[2]), end=sys.argv[3]), 5)
state.advance(state.scenario.burn_in + state.scenario.quarters)
np.savez(
    sys.argv[4], recorder=state.recorder,
    **{name: table.view(np.uint8) for name, table in state.world._asdict().items()},
)
"""


def lived(folder: Path, name: str, burn_in: int, end: str, **more: str) -> dict[str, np.ndarray]:
    """The recorder and the tables of a run in another process."""
    file = folder / "run.npz"
    kept = {k: v for k, v in os.environ.items() if k != "CLUSTER_SIM_INTERPRET"}
    done = subprocess.run(
        [sys.executable, "-c", WHOLE, name, str(burn_in), end, str(file)],
        env={**kept, "PYTHONPATH": str(ROOT), **more}, capture_output=True, text=True, timeout=550,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with np.load(file) as loaded:
        return dict(loaded)


def test_interpreted_is_compiled(tmp_path: Path) -> None:
    """The toy world, burn-in and four quarters of history, every column of every table and every output."""
    interpreted = lived(tmp_path, "toy", 2, "2011Q4", CLUSTER_SIM_INTERPRET="1")
    compiled = lived(tmp_path, "toy", 2, "2011Q4")
    np.testing.assert_allclose(interpreted["recorder"], compiled["recorder"], rtol=1e-10, atol=1e-12)
    state = State.founded(scenario("toy", "2011Q4", 2), 5)
    for name, table in state.world._asdict().items():
        if name == "order":
            continue  # scratch: the dead stand in it in no order
        if table.dtype.names is None:
            np.testing.assert_allclose(
                interpreted[name].view(table.dtype), compiled[name].view(table.dtype), rtol=1e-12, atol=1e-12,
                err_msg=name,
            )  # fmt: skip
            continue
        one, other = (each[name].view(table.dtype) for each in (interpreted, compiled))
        for column in table.dtype.names:
            np.testing.assert_allclose(
                one[column], other[column], rtol=1e-12, atol=1e-12, err_msg=f"{name}.{column}"
            )


def test_a_run_is_its_rerun_to_the_bit() -> None:
    worlds = []
    for _ in range(2):
        state = State.founded(scenario("baotou", "2013Q4", 4), 9)
        state.advance(16)
        worlds.append(state)
    one, other = worlds
    assert differences(one.world, other.world) == []
    assert one.recorder.tobytes() == other.recorder.tobytes()


def test_a_run_does_not_depend_on_the_process(tmp_path: Path) -> None:
    """Nor on the salt of Python's hashes: three processes, equal to the bit."""
    runs = [lived(tmp_path, "toy", 4, "2013Q4", PYTHONHASHSEED=salt) for salt in ("0", "1", "31337")]
    assert runs[0]["recorder"].tobytes() == runs[1]["recorder"].tobytes() == runs[2]["recorder"].tobytes()
    tables = State.founded(scenario("toy", "2013Q4", 4), 5).world._asdict()
    for name, table in tables.items():
        # Column by column: what fills the gaps between columns is nobody's.
        worlds = [run[name].view(table.dtype) for run in runs]
        for column in table.dtype.names or ():
            assert (
                worlds[0][column].tobytes() == worlds[1][column].tobytes() == worlds[2][column].tobytes()
            ), column
        if table.dtype.names is None:
            assert worlds[0].tobytes() == worlds[1].tobytes() == worlds[2].tobytes(), name


def test_a_run_does_not_depend_on_how_it_is_cut() -> None:
    """Quarter by quarter or in one go."""
    whole = State.founded(scenario("baotou", "2013Q4", 4), 9)
    whole.advance(16)
    pieces = State.founded(scenario("baotou", "2013Q4", 4), 9)
    for t in range(1, 17):
        pieces.advance(t)
    assert differences(whole.world, pieces.world) == []
    assert whole.recorder.tobytes() == pieces.recorder.tobytes()


def test_a_rule_that_does_not_compile_leaves_no_lock(mini: Path) -> None:
    """Others would wait for it as long as the notebook is open in which it was written."""
    code = "from mini.total import total\nimport sim.compiled\ntry: total('text')\nexcept Exception: pass\n"
    code += "print(sim.compiled.lock('rules').is_locked)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(mini), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"]


def test_constants_make_no_versions(mini: Path) -> None:
    """numba by itself compiles a called function anew for every whole number that a caller writes down."""
    (mini / "mini" / "total.py").write_text(
        "from mini.tax import tax\nfrom sim.compiled import rule\n\n@rule\ndef total(income):\n"
        '    """Two constants."""\n    return income - tax(1) - tax(2)\n'
    )
    code = "from mini.total import tax, total; print(total(100.0), len(tax.overloads))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(mini), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["99.25", "1"]


def test_a_rule_that_hands_back_an_array_is_refused() -> None:
    """Rules do not count references, so an array that one hands back would be freed while it is in use."""
    from sim.compiled import rule

    def same(keys: Any) -> Any:
        return keys

    same.__module__ = "sim.rules.invented"
    with pytest.raises(TypeError, match="hands back an array"):
        rule(same).compile((numba.typeof(np.zeros(2)),))


def test_what_another_process_compiles_is_what_a_run_asks_for() -> None:
    """On a cold start a second process compiles the outputs; for other types than a run has it would be in vain."""
    compile_outputs()
    state = State.founded(scenario("toy", "2011Q4", 2), 1)
    asked = (state.world, state.p, Now(1, 0), totals(), state.kept, state.recorder[0])
    assert tuple(numba.typeof(each) for each in asked) in observe.overloads
