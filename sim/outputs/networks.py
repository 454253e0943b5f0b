"""Networks: who supplies whom, and who does research with whom.

Nodes are living enterprises, in the research network also living institutes. An undirected link joins an
enterprise with a supplier or research partner that it knows and that still lives; who is known twice counts
once.

    density           links over n (n - 1) / 2  (1)
    giant component   nodes in the largest set that links connect, over n  (2)
    clustering        mean over sampled nodes of the share of pairs of their neighbours that are linked  (3)

(3) is the local clustering of Watts and Strogatz (1998) over at most SAMPLED nodes with two neighbours or
more, taken at even steps, and at most NEIGHBOURS neighbours of each. Networks of more than LARGEST
enterprises are not measured (nan).
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from sim.compiled import rule
from sim.declare import output
from sim.outputs.cells import ratio
from sim.world import PARTNERS, SUPPLIERS

of_cluster = partial(output, group="networks")

LARGEST = 5000
SAMPLED = 40
NEIGHBOURS = 6

# Places of what is measured of a network, kept in the totals.
LINKS, DENSITY, GIANT, CLUSTERING = 0, 1, 2, 3
MEASURED = 4


@rule
def measure_networks(world, supply, research):
    """Fill ``supply`` and ``research`` with links, density, giant component and clustering."""
    living = 0
    for enterprise in world.enterprises:
        if enterprise.alive:
            living += 1
    if living > LARGEST:
        for place in range(MEASURED):
            supply[place] = math.nan
            research[place] = math.nan
        return
    rows = len(world.enterprises)
    nodes = np.zeros(rows + len(world.institutes), np.int64)  # place of each row among the living, -1: none
    number = 0
    for row in range(rows):
        nodes[row] = number if world.enterprises[row].alive else -1
        number += 1 if world.enterprises[row].alive else 0
    for row in range(len(world.institutes)):
        nodes[rows + row] = number if world.institutes[row].alive else -1
        number += 1 if world.institutes[row].alive else 0
    pairs = np.empty((living * max(SUPPLIERS, PARTNERS), 2), np.int64)
    measure_network(pairs, supply_pairs(world, nodes, pairs), living, supply)
    measure_network(pairs, research_pairs(world, nodes, pairs), number, research)


@rule
def supply_pairs(world, nodes, pairs):
    """Pairs of an enterprise and a living supplier; returns how many."""
    found = 0
    for row in range(len(world.enterprises)):
        enterprise = world.enterprises[row]
        if not enterprise.alive:
            continue
        begin = found
        for slot in range(SUPPLIERS):
            uid = enterprise.supplier_uid[slot]
            if uid == 0:
                continue
            supplier = world.enterprises[enterprise.supplier[slot]]
            if supplier.alive and supplier.uid == uid:
                found = add_pair(pairs, begin, found, nodes[row], nodes[enterprise.supplier[slot]])
    return found


@rule
def research_pairs(world, nodes, pairs):
    """Pairs of an enterprise and a living research partner; returns how many."""
    found = 0
    for row in range(len(world.enterprises)):
        enterprise = world.enterprises[row]
        if not enterprise.alive:
            continue
        begin = found
        for slot in range(PARTNERS):
            uid = enterprise.partner_uid[slot]
            if uid == 0:
                continue
            other = enterprise.partner[slot]
            if enterprise.partner_institute[slot]:
                lives = world.institutes[other].alive and world.institutes[other].uid == uid
                other += len(world.enterprises)
            else:
                lives = world.enterprises[other].alive and world.enterprises[other].uid == uid
            if lives:
                found = add_pair(pairs, begin, found, nodes[row], nodes[other])
    return found


@rule
def add_pair(pairs, begin, found, one, other):
    """Add a pair unless the enterprise named it before (from ``begin`` on); returns the number of pairs."""
    if one == other:
        return found
    for place in range(begin, found):
        if pairs[place, 1] == other:
            return found
    pairs[found, 0] = one
    pairs[found, 1] = other
    return found + 1


@rule
def measure_network(pairs, found, number, into):
    """(1) to (3) of ``found`` pairs over ``number`` nodes; pairs named from both ends count once."""
    first = np.zeros(number + 1, np.int64)  # where each node's neighbours begin
    for place in range(found):
        first[pairs[place, 0] + 1] += 1
        first[pairs[place, 1] + 1] += 1
    for node in range(number):
        first[node + 1] += first[node]
    degree = np.zeros(number, np.int64)
    neighbour = np.empty(2 * found, np.int64)
    group = np.arange(number)
    links = 0
    for place in range(found):
        one, other = pairs[place, 0], pairs[place, 1]
        if linked(first, degree, neighbour, one, other):
            continue
        neighbour[first[one] + degree[one]] = other
        degree[one] += 1
        neighbour[first[other] + degree[other]] = one
        degree[other] += 1
        group[leader(group, one)] = leader(group, other)
        links += 1
    members = np.zeros(number, np.int64)
    largest = 0
    for node in range(number):
        members[leader(group, node)] += 1
    for node in range(number):
        largest = max(largest, members[node])
    into[LINKS] = links
    into[DENSITY] = ratio(2.0 * links, number * (number - 1.0))
    into[GIANT] = ratio(largest, number)
    into[CLUSTERING] = clustering(first, degree, neighbour, number)


@rule
def linked(first, degree, neighbour, one, other):
    """Whether two nodes are linked, looked up at the one with fewer neighbours."""
    if degree[other] < degree[one]:
        one, other = other, one
    for place in range(first[one], first[one] + degree[one]):
        if neighbour[place] == other:
            return True
    return False


@rule
def leader(group, node):
    """The node that stands for the connected set of ``node``; paths are halved on the way."""
    while group[node] != node:
        group[node] = group[group[node]]
        node = group[node]
    return node


@rule
def clustering(first, degree, neighbour, number):
    """(3)."""
    step = max(1, number // SAMPLED)
    nodes = 0
    total = 0.0
    for node in range(0, number, step):
        some = min(degree[node], NEIGHBOURS)
        if some < 2:
            continue
        closed = 0
        for one in range(some):
            for other in range(one + 1, some):
                begin = first[node]
                if linked(first, degree, neighbour, neighbour[begin + one], neighbour[begin + other]):
                    closed += 1
        nodes += 1
        total += 2.0 * closed / (some * (some - 1.0))
    return ratio(total, nodes)


@of_cluster("1", "stock", label=("Supply links", "供应联系数"), better="higher")
@rule
def supply_links(cell, p):
    """Pairs of enterprises of which one knows the other as a supplier."""
    return cell.supply[LINKS]


@of_cluster("share", "stock", label=("Density of the supply network", "供应网络密度"))
@rule
def supply_density(cell, p):
    """Supply links over pairs of living enterprises, by (1)."""
    return cell.supply[DENSITY]


@of_cluster(
    "share", "stock", label=("Giant component of the supply network", "供应网络最大连通比例"), better="higher"
)
@rule
def supply_giant_component(cell, p):
    """Share of enterprises in the largest set that supply links connect, by (2)."""
    return cell.supply[GIANT]


@of_cluster("share", "stock", label=("Clustering of the supply network", "供应网络聚类系数"))
@rule
def supply_clustering(cell, p):
    """How often two trading partners of an enterprise trade with each other, by (3) on a sample."""
    return cell.supply[CLUSTERING]


@of_cluster("1", "stock", label=("Research links", "研发合作联系数"), better="higher")
@rule
def research_links(cell, p):
    """Pairs of enterprises, or of enterprise and institute, of which one knows the other as a partner."""
    return cell.partnership[LINKS]


@of_cluster("share", "stock", label=("Density of the research network", "研发合作网络密度"), better="higher")
@rule
def research_density(cell, p):
    """Research links over pairs of living enterprises and institutes, by (1)."""
    return cell.partnership[DENSITY]


@of_cluster(
    "share",
    "stock",
    label=("Giant component of the research network", "研发合作网络最大连通比例"),
    better="higher",
)
@rule
def research_giant_component(cell, p):
    """Share of enterprises and institutes in the largest set that research links connect, by (2)."""
    return cell.partnership[GIANT]


@of_cluster("share", "stock", label=("Clustering of the research network", "研发合作网络聚类系数"))
@rule
def research_clustering(cell, p):
    """How often two research partners of one are partners of each other, by (3) on a sample."""
    return cell.partnership[CLUSTERING]
