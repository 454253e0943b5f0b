"""Meeting: whom one comes across by chance.

Whoever is met, heard of or looked at by chance is drawn among the living, with equal chances, or through the people who
work there, with chances in proportion to their number. Enterprises and institutes
come and go at the end of a quarter, so the lists of who is there are made once, when the quarter begins. A mean number of
meetings need not be whole:

    number = floor(mean + u),   u uniform on (0, 1)                                                       (1)
"""

from __future__ import annotations

from sim.chance import choose, uniform
from sim.compiled import rule
from sim.world import AT_ENTERPRISE

PEOPLE = 8  # looked at until one works at an enterprise


@rule
def see_who_is_there(world, p, now):
    """List the rows of living enterprises and institutes, in the order of the tables."""
    region = world.region[0]
    number = 0
    for row in range(len(world.enterprises)):
        if world.enterprises[row].alive:
            world.living[number] = row
            number += 1
    region.living = number
    number = 0
    for row in range(len(world.institutes)):
        if world.institutes[row].alive:
            world.living_institutes[number] = row
            number += 1
    region.living_institutes = number


@rule
def some_enterprise(world, now, what, who, whom):
    """The row of a living enterprise; there must be one."""
    return world.living[choose(world.region[0].living, now, what, who, whom)]


@rule
def some_employer(world, now, what, who, whom):
    """The row of a living enterprise, in proportion to its talents: that of the first person met who works at one.

    Any enterprise when none of the people met does; there must be one.
    """
    for attempt in range(PEOPLE):
        talent = world.talents[choose(len(world.talents), now, what, who, PEOPLE * (whom + 1) + attempt)]
        if talent.alive and talent.works == AT_ENTERPRISE and world.enterprises[talent.employer].alive:
            return talent.employer
    return some_enterprise(world, now, what, who, whom)


@rule
def some_institute(world, now, what, who, whom):
    """The row of a living institute; there must be one."""
    return world.living_institutes[choose(world.region[0].living_institutes, now, what, who, whom)]


@rule
def meetings(mean, now, what, who, whom):
    """(1): a whole number with this mean."""
    return int(mean + uniform(now, what, who, whom))
