"""Trade access: how open outside markets are to the cluster."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import eligible_product, put_in_force
from sim.world import DOMESTIC, INTERNATIONAL

MEASURE = measure("trade_access")


@instrument(
    group="global_marketing",
    bites=("product.access", "product.access_ahead", "product.trade_cost_factor"),
    primary="exports",
    sign=-1,
    targets=("stages", "products"),
    costs=("administration",),
    free="decided outside the region: tariffs, controls and embargoes cost its budget nothing but paper",
)
class TradeAccess(Instrument):
    """Closes outside markets in part or whole, or changes the cost of trading with the world, by product.

    Mechanism: access is the share of a market's demand that the cluster may serve; the factor multiplies the
    trade cost. Several causes combine to the tightest access. Announced closures reach investment and market
    entry beforehand.
    Evidence: export quotas until January 2015; export controls on seven rare earths in April 2025, an
    extension in October 2025 suspended in November for a year (MCS 2026).
    Typical: international access 0.5 to 0.9.
    """

    label = "Trade access", "外部市场准入"
    domestic_access: float = lever(
        1.0,
        "share",
        "openness of the rest of the country to the cluster",
        hard=(0.0, 1.0),
        typical=(0.9, 1.0),
        ahead=True,
    )
    international_access: float = lever(
        1.0,
        "share",
        "openness of the world market to the cluster",
        hard=(0.0, 1.0),
        typical=(0.5, 0.9),
        ahead=True,
    )
    international_trade_cost: float = lever(
        1.0, "1", "factor on the cost of trading with the world", hard=(0.3, 5.0), typical=(1.0, 1.5)
    )


@rule
def trade_access(world, levers, now):
    """Eligible products meet closed or dearer markets."""
    lever = levers.trade_access
    open_now = lever.domestic_access == 1.0 and lever.international_access == 1.0
    open_ahead = lever.domestic_access_ahead == 1.0 and lever.international_access_ahead == 1.0
    same_cost = lever.international_trade_cost == 1.0
    if open_now and open_ahead and same_cost:
        return
    if not (open_now and same_cost):
        put_in_force(world, MEASURE)
    for row in range(len(world.products)):
        if eligible_product(world, row, lever):
            product = world.products[row]
            product.access[DOMESTIC] = min(product.access[DOMESTIC], lever.domestic_access)
            product.access[INTERNATIONAL] = min(product.access[INTERNATIONAL], lever.international_access)
            product.access_ahead[DOMESTIC] = min(product.access_ahead[DOMESTIC], lever.domestic_access_ahead)
            product.access_ahead[INTERNATIONAL] = min(
                product.access_ahead[INTERNATIONAL], lever.international_access_ahead
            )
            product.trade_cost_factor[INTERNATIONAL] *= lever.international_trade_cost
