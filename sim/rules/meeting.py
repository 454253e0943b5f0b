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


@rule
def see_who_is_there(world, p, now):
    """List the rows of living enterprises and institutes and of those who work there, in the order of the tables."""
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
    number = 0
    for row in range(len(world.talents)):
        if world.talents[row].alive and world.talents[row].works == AT_ENTERPRISE:
            world.at_enterprises[number] = row
            number += 1
    region.at_enterprises = number


@rule
def some_enterprise(world, now, what, who, whom):
    """The row of a living enterprise; there must be one."""
    return world.living[choose(world.region[0].living, now, what, who, whom)]


@rule
def some_employer(world, now, what, who, whom):
    """The row of a living enterprise, in proportion to its talents: that of a person met who works at one.

    Any enterprise when nobody does, or when that person has lost the post meanwhile; there must be one.
    """
    at_work = world.region[0].at_enterprises
    if at_work > 0:
        talent = world.talents[world.at_enterprises[choose(at_work, now, what, who, whom)]]
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
