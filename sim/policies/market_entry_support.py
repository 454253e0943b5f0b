"""Market-entry support: government repays part of the cost of entering an outside market."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible, put_in_force

MEASURE = measure("market_entry_support")


@instrument(
    group="global_marketing",
    bites=("enterprise.market_entry_support",),
    primary="market_entries",
    sign=1,
    targets=("stages", "products", "sizes", "ownerships"),
)
class MarketEntrySupport(Instrument):
    """Repays a share of the sunk cost of entering an outside market.

    Mechanism: less productive enterprises find entry worth while; those inside sell more and learn from
    customers.
    Evidence: the more productive select themselves into exporting, robustly; learning on entry is 4 to 27 %
    in Slovenia (De Loecker) and mixed in 45 studies (Wagner). The effect of support itself was not found.
    Typical: 0.2 to 0.5.
    """

    label = "Market-entry support", "市场开拓补助"
    rate: float = lever(
        0.0,
        "share of entry cost",
        "share of the sunk cost of market entry that is repaid",
        hard=(0.0, 1.0),
        typical=(0.2, 0.5),
    )


@rule
def market_entry_support(world, levers, now):
    """Eligible enterprises have part of the cost of market entry repaid."""
    lever = levers.market_entry_support
    if lever.rate == 0.0:
        return
    put_in_force(world, MEASURE)
    for enterprise in world.enterprises:
        if eligible(enterprise, lever):
            enterprise.market_entry_support += lever.rate
