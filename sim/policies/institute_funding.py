"""Institute funding: base money for universities and research institutes."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import all_researchers, put_in_force, researchers

MEASURE = measure("institute_funding")


@instrument(
    group="innovation",
    bites=("institute.funding_support",),
    primary="institute_innovations",
    sign=1,
)
class InstituteFunding(Instrument):
    """Adds to the base funding of universities and research institutes, by their researchers.

    Mechanism: pays posts and materials, hence more results in time; enterprises gain only through joint
    projects, licences, services and people. The claim arises when an institute receives the money.
    Evidence: Baotou pays national key laboratories 10 million CNY a year for five years, a national
    innovation centre 30 and more (newton.com.tw; kuangku 6707). Chinese universities license 6 % of their
    patents, so transfer is the narrow passage.
    Typical: 10 to 100 million CNY a year.
    """

    label = "Base funding of institutes", "科研机构基础经费"
    spending: float = lever(
        0.0,
        "million CNY/year",
        "base funding for all institutes together",
        hard=(0.0, 5000.0),
        typical=(10.0, 100.0),
    )


@rule
def institute_funding(world, levers, now):
    """A quarter's money is spread over universities and research institutes by their researchers."""
    lever = levers.institute_funding
    if lever.spending == 0.0:
        return
    put_in_force(world, MEASURE)
    per_researcher = lever.spending / 4.0 / max(1.0, all_researchers(world))
    for institute in world.institutes:
        institute.funding_support += per_researcher * researchers(institute)
