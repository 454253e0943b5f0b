"""Meeting: whom one comes across by chance.

Whoever is met, heard of or looked at by chance is drawn among those who were there when the quarter began, with equal chances, or with
chances in proportion to the people who work there. A mean number of meetings need not be whole:

    number = floor(mean + u),   u uniform on (0, 1)                                                       (1)

Who is met must not depend on how long tables are, and one enterprise more or less must change no meeting but its own: else two
scenarios with the same luck would differ by far more than what a policy does. So each enterprise has a drawn place on a ring,
anew every quarter, and a draw meets the next one on it (consistent hashing):

    met = the enterprise with the smallest place_i >= u, or the first of all                              (2)
"""

from __future__ import annotations

from sim.chance import choose, decision, sort_by_key, uniform, uniform_pair
from sim.compiled import rule

PLACE = decision("where on the ring of meetings an enterprise stands")
ATTEMPTS = 8  # of meeting somebody who works at an enterprise
MOST = 4.0  # times the mean staff from which more people bring no more meetings


@rule
def see_who_is_there(world, p, now):
    """Put the living enterprises on the ring of (2), count who works there, and list the institutes."""
    region = world.region[0]
    number = 0
    at_work = 0
    for row in range(len(world.enterprises)):
        enterprise = world.enterprises[row]
        if enterprise.alive:
            world.living[number] = row
            world.keys[row] = uniform(now, PLACE, enterprise.uid, 0)
            at_work += enterprise.local_talents + enterprise.introduced_talents
            number += 1
    sort_by_key(world.living, world.keys, number)
    for place in range(number):
        world.ring[place] = world.keys[world.living[place]]
    region.living = number
    region.talents_each = at_work / max(1, number)
    number = 0
    for row in range(len(world.institutes)):
        if world.institutes[row].alive:
            world.living_institutes[number] = row
            number += 1
    region.living_institutes = number


@rule
def next_on_the_ring(world, u):
    """The row of the first enterprise at or after a point of the ring."""
    first, last = 0, world.region[0].living
    while first < last:
        middle = (first + last) // 2
        if world.ring[middle] < u:
            first = middle + 1
        else:
            last = middle
    return world.living[first if first < world.region[0].living else 0]


@rule
def some_enterprise(world, now, what, who, whom):
    """The row of an enterprise that was there when the quarter began, by (2); there must be one."""
    return next_on_the_ring(world, uniform(now, what, who, whom))


@rule
def some_employer(world, now, what, who, whom):
    """The same, with chances in proportion to its talents, up to ``MOST`` times the mean."""
    row = 0
    for attempt in range(ATTEMPTS):
        u, v = uniform_pair(now, what, who, ATTEMPTS * (whom + 1) + attempt)
        row = next_on_the_ring(world, u)
        staff = world.enterprises[row].local_talents + world.enterprises[row].introduced_talents
        if v * MOST * world.region[0].talents_each < staff:
            break
    return row


@rule
def some_institute(world, now, what, who, whom):
    """The row of a living institute; there must be one."""
    return world.living_institutes[choose(world.region[0].living_institutes, now, what, who, whom)]


@rule
def meetings(mean, now, what, who, whom):
    """(1): a whole number with this mean."""
    return int(mean + uniform(now, what, who, whom))
