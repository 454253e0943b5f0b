"""Facts on knowledge and networks: patents, value of steps, partnerships, spillovers, diffusion (K1 to K15).

Each function takes the observations of one run and returns a number, or raises :class:`NotComputable` with the reason.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize, stats

from sim.validation.enterprises import selling
from sim.validation.targets import NotComputable
from sim.world import CLASS_INTRODUCED, CLASS_ORIGINAL

if TYPE_CHECKING:
    import networkx as nx

    from sim.validation.observations import Observations

FEWEST = 30
SMALLEST_NETWORK = 300
REWIRINGS = 10  # random networks that a network is compared with
ADOPTERS = 20
YEAR_ENDS = 6  # of a path through which a curve of three numbers is drawn


# -------------------------------------------------------------------------------------- patents and values
def patents_exponent(o: Observations) -> float:
    """Density exponent of patents over all enterprises that ever took one (discrete maximum likelihood)."""
    counts = o.panel.groupby("uid").patents_granted.max().to_numpy()
    return discrete_exponent(counts[counts > 0])


def discrete_exponent(counts: Any) -> float:
    """Exponent of a discrete power law over counts from one on (Clauset, Shalizi and Newman 2009)."""
    import powerlaw

    if len(counts) < FEWEST:
        raise NotComputable(f"{len(counts)} enterprises with patents, at least {FEWEST} are needed")
    with warnings.catch_warnings():  # its search begins outside its own bounds, and says so
        warnings.simplefilter("ignore")
        fitted = powerlaw.Fit(np.asarray(counts, float), discrete=True, xmin=1, verbose=False)
        return float(fitted.power_law.alpha)


def value_in_top_tenth(o: Observations) -> float:
    """Share of the most valuable tenth of steps in the five-year value of all steps that had any."""
    if o.steps is None or len(o.steps) < FEWEST:
        raise NotComputable(f"fewer than {FEWEST} steps could be valued")
    return top_share(o.steps.value[o.steps.value > 0.0], 0.1, len(o.steps))


def top_share(values: Any, share: float, of: int) -> float:
    """What the largest values hold of the sum; ``share`` of ``of`` things, those without value included."""
    ordered = np.sort(np.asarray(values, float))[::-1]
    if not len(ordered):
        raise NotComputable("no step had a value")
    return float(ordered[: max(1, int(share * of))].sum() / ordered.sum())


# ------------------------------------------------------------------------------------------------- networks
def research_network(o: Observations, year: int) -> nx.Graph[int]:
    """Enterprises and institutes that have a research partner, at the end of a year."""
    import networkx as nx

    links = o.links[o.links.year == year]
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(zip(links.one, links.other, strict=True))
    return graph


def clustering_over_null(o: Observations) -> float:
    """Mean clustering of the research network over that of random networks with the same degrees."""
    return _over_null(o)[0]


def path_length_over_null(o: Observations) -> float:
    """Mean path length in the largest component over that of random networks with the same degrees."""
    return _over_null(o)[1]


def _over_null(o: Observations) -> tuple[float, float]:
    graph = research_network(o, int(o.links.year.max()))
    if len(graph) < SMALLEST_NETWORK:
        raise NotComputable(f"{len(graph)} nodes in the research network, {SMALLEST_NETWORK} are needed")
    return against_null(graph)


def against_null(graph: nx.Graph[int]) -> tuple[float, float]:
    """Clustering and path length over their means in networks rewired at equal degrees.

    A project joins two partners, so the bipartite configuration of actors and projects with equal degrees, the null of
    Barber et al. 2006, is the configuration model of the network itself.
    """
    import networkx as nx

    found = np.array([_shape(graph)])
    null = []
    for seed in range(REWIRINGS):
        other = graph.copy()
        nx.double_edge_swap(other, 4 * other.number_of_edges(), 10**7, seed=seed)
        null.append(_shape(other))
    ratio = found[0] / np.maximum(1e-9, np.mean(null, axis=0))
    return float(ratio[0]), float(ratio[1])


def _shape(graph: nx.Graph[int]) -> tuple[float, float]:
    import networkx as nx

    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    return nx.average_clustering(graph), nx.average_shortest_path_length(largest)


def degree_skew(o: Observations) -> float:
    """Largest over median number of partners, mean over years."""
    found = []
    for _, links in o.links.groupby("year"):
        degrees = np.bincount(np.unique(links[["one", "other"]].to_numpy(), return_inverse=True)[1].ravel())
        found.append(degrees.max() / np.median(degrees))
    if not found:
        raise NotComputable("nobody has a research partner")
    return float(np.mean(found))


def newcomers_to_incumbents(o: Observations) -> float:
    """Share of newcomers' partners that were in the network a year before, over their share in all people who do R&D.

    A newcomer is in the research network for the first time; the null is a choice in proportion to size (talents).
    """
    met: set[int] = set()
    share, expected = [], []
    for year, links in o.links.groupby("year"):
        pairs = links[["one", "other"]].to_numpy()
        there = set(np.unique(pairs).tolist())
        new = there - met
        if met and new:
            nodes = o.nodes[o.nodes.year == year].set_index("uid")["size"]
            nodes = nodes[nodes > 0]
            null = nodes[nodes.index.isin(met)].sum() / nodes.sum()
            for one, other in pairs.tolist():
                for newcomer, partner in ((one, other), (other, one)):
                    if newcomer in new:
                        share.append(partner in met)
                        expected.append(null)
        met |= there
    if len(share) < FEWEST:
        raise NotComputable(f"{len(share)} partnerships of newcomers, at least {FEWEST} are needed")
    return float(np.mean(share) / np.mean(expected))


# --------------------------------------------------------------------------------------------- learning
def distance_curvature(o: Observations) -> float:
    """Quadratic term of the success of joint projects on cognitive distance (linear probability)."""
    return float(_distance_fit(o)[2])


def distance_of_best(o: Observations) -> float:
    """Where the fitted success is greatest, as a rank among the distances that occur (0 nearest, 1 farthest)."""
    _, linear, square = _distance_fit(o)
    best = -linear / (2.0 * square)
    return float((o.projects.distance < best).mean()) if square < 0.0 else float("nan")


def _distance_fit(o: Observations) -> Any:
    import statsmodels.api as sm

    if o.projects.result.sum() < FEWEST:
        raise NotComputable(
            f"{int(o.projects.result.sum())} joint projects had a result, {FEWEST} are needed"
        )
    x = o.projects.distance.to_numpy()
    return sm.OLS(o.projects.result.to_numpy(float), np.column_stack([np.ones(len(x)), x, x**2])).fit().params


def local_over_outside(o: Observations) -> float:
    """Knowledge gained from the cluster over what outside patents and trade spill in (chapter "spillovers", (1), (2))."""
    outside = o.panel.spilled_in.sum()
    if outside <= 0.0:
        raise NotComputable("nothing spills in from outside")
    return float(o.panel.learned_local.sum() / outside)


def diffusion_fit(o: Observations) -> float:
    """Mean R2 of a logistic curve through the adopters of widely adopted innovations."""
    return float(np.mean([fit for fit, _ in _diffusion(o)]))


def diffusion_years(o: Observations) -> float:
    """Mean years from 10 to 90 % of the adopters of widely adopted innovations."""
    return float(np.mean([years for _, years in _diffusion(o)]))


def _diffusion(o: Observations) -> list[tuple[float, float]]:
    paths = o.adopters.groupby("uid").adopters
    wide = paths.max()[(paths.max() >= ADOPTERS) & (paths.size() >= YEAR_ENDS)]
    if wide.empty:
        most = 0 if o.adopters.empty else int(o.adopters.adopters.max())
        raise NotComputable(
            f"no innovation has {ADOPTERS} adopters (most: {most}) and a path of {YEAR_ENDS} year-ends"
        )
    return [
        logistic(path.year, path.adopters)
        for _, path in o.adopters[o.adopters.uid.isin(wide.index)].groupby("uid")
    ]


def logistic(year: Any, adopters: Any) -> tuple[float, float]:
    """R2 of a logistic curve, and its years from 10 to 90 %."""
    t, y = np.asarray(year, float), np.asarray(adopters, float)

    def curve(t: Any, top: float, middle: float, pace: float) -> Any:
        return top / (1.0 + np.exp(-(t - middle) / pace))

    try:
        fitted, _ = optimize.curve_fit(curve, t, y, p0=(y.max(), np.median(t), 2.0), maxfev=5000)
    except RuntimeError:
        return 0.0, float("nan")
    rest = ((y - curve(t, *fitted)) ** 2).sum() / max(1e-12, ((y - y.mean()) ** 2).sum())
    return float(1.0 - rest), float(2.0 * np.log(9.0) * fitted[2])


def progress_ratio(o: Observations) -> float:
    """Work per unit after a doubling of cumulated output, in plants of the first six years (own and capability taken out)."""
    import statsmodels.api as sm

    panel = selling(o)
    young = panel[(panel.age >= 1) & (panel.age <= 6) & (panel.experience > 0.0)].copy()
    young = young[young.groupby("uid").uid.transform("size") >= 3]
    if len(young) < 100:
        raise NotComputable(f"{len(young)} years of young plants, at least 100 are needed")
    columns = np.column_stack([np.log(young[name]) for name in ("experience", "capability", "productivity")])
    columns = columns - _means(young.uid, columns)
    slope = sm.OLS(columns[:, 2], columns[:, :2]).fit().params[0]
    return float(2.0**-slope)


def _means(uid: Any, columns: Any) -> Any:
    import pandas as pd

    return pd.DataFrame(columns).groupby(uid.to_numpy()).transform("mean").to_numpy()


# --------------------------------------------------------------------------------------------- what descends
def introduced_trend(o: Observations) -> float:
    """Change per decade of the share of introduced technology in all innovations."""
    shares = _shares(o, CLASS_INTRODUCED)
    return 10.0 * float(stats.linregress(shares.index.to_numpy(float), shares.to_numpy()).slope)


def original_late(o: Observations) -> float:
    """Share of original elements (without a parent) in the last third of the study less that in the second."""
    shares = _shares(o, CLASS_ORIGINAL, elements=True)
    third = len(shares) // 3
    return float(shares.iloc[-third:].mean() - shares.iloc[-2 * third : -third].mean())


def _shares(o: Observations, kind: int, elements: bool = False) -> Any:
    made = o.innovations[o.innovations.year >= o.first_year]
    counted = (made.kind == kind) & ((made.parent == 0) | (not elements))
    shares = counted.groupby(made.year).mean()
    if len(shares) < 6:
        raise NotComputable("fewer than six years with innovations")
    return shares
