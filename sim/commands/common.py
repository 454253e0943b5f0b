"""What commands share: the group with its kind errors, options, reading of scenarios, JSON."""

from __future__ import annotations

import json
import math
import sys
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.scenario import Scenario


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


def settings_of(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
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
    callback=settings_of,
    metavar="KEY=VALUE",
    help="Change a value, e.g. policy.research_grant.rate=0.3 or parameters.search.pace=0.2.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
seeds_help = "Paired seeds: every scenario runs with the same luck."


def load_scenario(name: str, settings: dict[str, Any] | None = None) -> Scenario:
    from sim.scenario import load

    scenario = load(name)
    if settings:
        scenario = scenario.with_settings(settings)
    for warning in scenario.warnings:
        click.echo(f"warning: {warning}", err=True)
    return scenario


def print_json(data: Any) -> None:
    click.echo(json.dumps(clean(data), ensure_ascii=False, indent=1))


def clean(data: Any) -> Any:
    """JSON knows neither NaN nor numpy's numbers."""
    if isinstance(data, dict):
        return {str(key): clean(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [clean(value) for value in data]
    if hasattr(data, "item"):
        data = data.item()
    return None if isinstance(data, float) and not math.isfinite(data) else data


def checked_folder(path: Path) -> Path:
    """Refuse a folder that cannot be made before the work begins."""
    parent = next(p for p in (path, *path.absolute().parents) if p.exists())
    if not parent.is_dir():
        raise click.BadParameter(f"'{parent}' is a file, not a folder")
    return path


def shown_unit(unit: str) -> str:
    """A unit for a table: counts have none."""
    return "" if unit == "1" else unit
