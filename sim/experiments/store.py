"""Store: the folder of results.

manifest.json      designs with all their scenarios resolved, versions of code and libraries, sessions with host and times
runs.parquet       every run that was ever planned: id, design, model version, scenario, point, seed, factors
inputs/            data files of the scenarios, by content
shards/TABLE/ID.parquet   tables of finished runs (``work``), a file per parcel
receipts/ID.json   which runs a parcel holds, their bits, the sizes of its files
failures/RUN.json  what went wrong with a run, and the command that repeats it
damaged/           what was found broken; its runs are run again

A run is finished when a receipt names it and the files of that receipt have the sizes that it says. Files are written
aside, flushed to disk and then renamed; the receipt comes last. So whoever is killed, at whatever moment, leaves finished
runs and things that do not count. A run that two receipts name is counted once. One process works at a store, or at a part
of it (``--shard``), at a time: a lock that the system releases with its holder.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import shutil
import socket
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.designs import as_text
from sim.experiments.inputs import packed
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.plan import Plan
    from sim.experiments.work import Parcel

FORMAT = 1
LIBRARIES = ("cluster-sim", "numba", "numpy", "scipy", "pandas", "pyarrow", "SALib", "distributed")
WHOLE = "all"
ASIDE = re.compile(r"\..+\.\d+\.[0-9a-f]{8}")  # names of files that are being written


@dataclass(frozen=True)
class Receipt:
    """What says that a parcel is there."""

    id: str
    runs: dict[str, dict[str, Any]]
    files: dict[str, int]  # bytes by table

    def text(self) -> str:
        """As it stands on disk."""
        return json.dumps({"id": self.id, "runs": self.runs, "files": self.files})


@dataclass
class Finished:
    """What is in a store: for every finished run the receipt that counts, and receipts whose files are broken."""

    of: dict[str, Receipt] = field(default_factory=dict)
    damaged: list[Receipt] = field(default_factory=list)


class Store:
    """A folder of results. Opening changes nothing; :meth:`create` makes it."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    @classmethod
    def existing(cls, folder: Path | str) -> Store:
        """A store that is there. Raises :class:`InputError` when there is none."""
        store = cls(folder)
        if not (store.folder / "manifest.json").is_file():
            what = (
                "no such folder"
                if not store.folder.is_dir()
                else "no store of results: it has no manifest.json"
            )
            raise InputError([Problem(str(folder), None, "", None, what)])
        return store

    # ---------------------------------------------------------------------------------------- what is planned
    @property
    def manifest(self) -> dict[str, Any]:
        """Designs, scenarios, versions and sessions."""
        path = self.folder / "manifest.json"
        try:
            made: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return {"format": FORMAT, "keep": None, "designs": {}, "sessions": []}
        except ValueError:
            raise InputError(
                [Problem(str(path), None, "", None, "not readable as JSON; was it edited?")]
            ) from None
        if made.get("format") != FORMAT:
            problem = "a store of another version of cluster-sim; choose another folder"
            raise InputError(
                [Problem(str(path), None, "format", made.get("format"), problem, allowed=str(FORMAT))]
            )
        return made

    @property
    def runs(self) -> pd.DataFrame:
        """A row per planned run of all designs."""
        import pandas as pd

        path = self.folder / "runs.parquet"
        return pd.read_parquet(path) if path.is_file() else pd.DataFrame({"run": [], "design": []})

    def plan(self, plan: Plan, session: dict[str, Any]) -> None:
        """Enter a design and a session. Runs that other designs planned stay."""
        self._make()
        with self._locked("manifest", "its manifest", wait=60.0):
            manifest = self.manifest
            keep = as_text(plan.design)["keep"]
            if manifest["keep"] not in (None, keep):
                problem = "keeps something else than this design asks for; runs that are finished lack it. Choose another folder"
                raise InputError([Problem(str(self.folder), None, "keep", None, problem)])
            manifest["keep"] = keep
            manifest["current"] = plan.digest
            if plan.digest not in manifest["designs"]:
                manifest["designs"][plan.digest] = {
                    **as_text(plan.design),
                    "model": plan.model,
                    "packed": {
                        scenario.name: packed(scenario, self.folder / "inputs")
                        for scenario in (*plan.design.scenarios, *plan.design.packages)
                    },
                    "resolved": {scenario.name: scenario.resolved() for scenario in plan.design.scenarios},
                }
                self._enter_runs(plan)
            manifest["sessions"].append({**session, "design": plan.digest, **_here()})
            self._put("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())

    def _enter_runs(self, plan: Plan) -> None:
        import pandas as pd

        old, new = self.runs, plan.table
        kept = old[~old["run"].isin(set(new["run"]))]
        table = pd.concat([kept, new], ignore_index=True) if len(kept) else new
        self._put("runs.parquet", table.to_parquet(index=False, compression="zstd"))

    def _make(self) -> None:
        try:
            for name in ("shards", "receipts", "failures", "locks"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise InputError([Problem(str(self.folder), None, "", None, "is a file, not a folder")]) from None

    # --------------------------------------------------------------------------------------- what is finished
    def receipts(self) -> list[Receipt]:
        """All receipts in the order of their names, readable or not counted."""
        found = []
        for path in sorted((self.folder / "receipts").glob("*.json")):
            with contextlib.suppress(ValueError, TypeError, FileNotFoundError):
                found.append(Receipt(**json.loads(path.read_text("utf-8"))))
        return found

    def finished(self) -> Finished:
        """What is there and whole."""
        made = Finished()
        for receipt in self.receipts():
            if all(_size(self.shard(table, receipt.id)) == size for table, size in receipt.files.items()):
                for run in receipt.runs:
                    made.of.setdefault(run, receipt)
            else:
                made.damaged.append(receipt)
        return made

    def shard(self, table: str, name: str) -> Path:
        """The file of a table of a parcel."""
        return self.folder / "shards" / table / f"{name}.parquet"

    def write(self, parcel: Parcel) -> int:
        """Keep what a task brought; returns its bytes. Raises ``OSError`` when the disk is full: then nothing of it counts."""
        if parcel.runs:
            receipt = Receipt(
                uuid.uuid4().hex, parcel.runs, {name: len(data) for name, data in parcel.tables.items()}
            )
            try:
                for name, data in parcel.tables.items():
                    self._put(f"shards/{name}/{receipt.id}.parquet", data)
                self._put(f"receipts/{receipt.id}.json", receipt.text().encode())
            except OSError:
                for name in parcel.tables:
                    self.shard(name, receipt.id).unlink(missing_ok=True)
                raise
        for run, failure in parcel.failures.items():
            about = {"run": run, **failure, "replay": f"cluster-sim replay {run} --store {self.folder}"}
            self._put(f"failures/{run}.json", json.dumps(about, ensure_ascii=False, indent=1).encode())
        for run in parcel.runs:  # it failed once and does no longer
            (self.folder / "failures" / f"{run}.json").unlink(missing_ok=True)
        return sum(map(len, parcel.tables.values()))

    def failures(self) -> dict[str, dict[str, str]]:
        """What is known of failed runs, by id."""
        found = {}
        for path in sorted((self.folder / "failures").glob("*.json")):
            with contextlib.suppress(ValueError, FileNotFoundError):
                found[path.stem] = json.loads(path.read_text("utf-8"))
        return found

    def set_aside(self, damaged: Sequence[Receipt]) -> None:
        """Move broken parcels out of the way, so that their runs are run again."""
        for receipt in damaged:
            aside = self.folder / "damaged" / receipt.id
            aside.mkdir(parents=True, exist_ok=True)
            moves = {self.shard(table, receipt.id): f"{table}.parquet" for table in receipt.files}
            moves[self.folder / "receipts" / f"{receipt.id}.json"] = "receipt.json"
            for path, name in moves.items():
                with contextlib.suppress(FileNotFoundError):  # it was the damage, or another part was faster
                    os.replace(path, aside / name)

    def _put(self, name: str, data: bytes) -> None:
        """Write a file aside, flush it to disk, then give it its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}")
        try:
            with open(aside, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise

    # -------------------------------------------------------------------------------------------------- locks
    @contextlib.contextmanager
    def working(self, part: str = WHOLE) -> Iterator[None]:
        """Work at the store, or at a part of it. Raises :class:`InputError` naming the process that already does."""
        self._make()
        with self._locked(part, "this store" if part == WHOLE else f"part {part} of this store"):
            for other in (self.folder / "locks").glob("*.lock"):
                if other.stem not in (part, "manifest") and WHOLE in (part, other.stem):
                    with self._locked(other.stem, "this store"):
                        pass
            yield

    @contextlib.contextmanager
    def _locked(self, name: str, what: str, wait: float = 0.0) -> Iterator[None]:
        from filelock import FileLock, Timeout

        path = self.folder / "locks" / f"{name}.lock"
        holder = path.with_suffix(".json")
        lock = FileLock(path)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            who = holder.read_text("utf-8") if holder.is_file() else "another process"
            problem = (
                f"{who} works at {what}. Wait until it is done or end it, then give the same command; "
                "to work together give each process a part: --shard 1/2, --shard 2/2"
            )
            raise InputError([Problem(str(self.folder), None, "", None, problem)]) from None
        try:
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()} (since {_now()})", "utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def sweep(self) -> None:
        """Remove what killed processes left half written. Only for the one who works at the whole store."""
        known = {receipt.id for receipt in self.receipts()}
        for path in self.folder.rglob(".*"):
            if ASIDE.fullmatch(path.name):
                path.unlink(missing_ok=True)
        for path in (self.folder / "shards").glob("*/*.parquet"):
            if path.stem not in known:
                path.unlink(missing_ok=True)

    def free(self) -> int:
        """Bytes that are free where the store is."""
        place = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        return shutil.disk_usage(place).free


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _here() -> dict[str, Any]:
    """Where and with what a session runs."""
    libraries = {}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            libraries[name] = version(name)
    return {
        "started": _now(),
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "libraries": libraries,
    }
