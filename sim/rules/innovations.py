"""Innovations: what each descends from, and what it is therefore called.

Every innovation is kept with its parents. Its class is computed from them, never declared:

    introduced     bought from outside and used as is
    assimilated    reproduced by own staff without a step of its own
    re-innovation  an improvement with a parent that is introduced, assimilated or itself a re-innovation
    integrated     a step with parents of two owners or of two fields, or on the work of another owner
    original       an element with no parent, or an improvement of one's own work

An element and all that descends from it through first parents are a line. An enterprise that takes another's technology
into use counts as an adopter of its line, unless it uses that line already (who comes back to a line counts again): so
diffusion can be seen although everybody improves what he took over.

Source: the classes of China's policy on introduction, digestion, absorption and re-innovation, made operational by
descent.
"""

from __future__ import annotations

import math

from sim.compiled import rule
from sim.world import (
    CLASS_ASSIMILATED,
    CLASS_INTEGRATED,
    CLASS_INTRODUCED,
    CLASS_ORIGINAL,
    CLASS_REINNOVATION,
)

FROM_OUTSIDE = -1  # the parent of what is bought from outside


@rule
def class_of(innovations, bought, copied, owner, discipline, parent, second_parent):
    """The class that descent gives (see the chapter)."""
    if bought:
        return CLASS_INTRODUCED
    if copied:
        return CLASS_ASSIMILATED
    if parent <= 0:
        return CLASS_ORIGINAL
    if second_parent > 0:
        first, second = innovations[parent - 1], innovations[second_parent - 1]
        if first.owner != second.owner or first.discipline != second.discipline:
            return CLASS_INTEGRATED
    before = innovations[parent - 1]
    if (
        before.kind == CLASS_INTRODUCED
        or before.kind == CLASS_ASSIMILATED
        or before.kind == CLASS_REINNOVATION
    ):
        return CLASS_REINNOVATION
    return CLASS_ORIGINAL if owner == before.owner or owner == before.second_owner else CLASS_INTEGRATED


@rule
def record_innovation(
    world, now, mode, discipline, step, owner, second_owner, parent, second_parent, bought, copied, patented
):
    """Keep an innovation for ever; returns its uid. Identities of owners are uids of enterprises or institutes."""
    region = world.region[0]
    row = world.innovations[region.innovations]
    region.innovations += 1
    row.uid = region.innovations
    row.quarter = now.t
    row.mode = mode
    row.discipline = discipline
    row.step = step
    row.owner = owner
    row.second_owner = second_owner
    row.parent = parent
    row.second_parent = second_parent
    row.line = world.innovations[parent - 1].line if parent > 0 else row.uid
    row.bought = bought
    row.copied = copied
    row.patented = patented
    row.adopters = 0
    row.kind = class_of(world.innovations, bought, copied, owner, discipline, parent, second_parent)
    return row.uid


@rule
def uses_line(world, enterprise, discipline, line):
    """Whether what an enterprise uses in a field descends from an element."""
    own = enterprise.technology[discipline]
    return own > 0 and world.innovations[own - 1].line == line


@rule
def take_over(world, enterprise, discipline, uid):
    """An enterprise takes another's technology into use; the line gains an adopter if it is new to the enterprise."""
    line = world.innovations[uid - 1].line
    if not uses_line(world, enterprise, discipline, line):
        world.innovations[line - 1].adopters += 1
    enterprise.technology[discipline] = uid


@rule
def gain_knowledge(actor, discipline, step):
    """A step forward in one field (logs); it is easier the further behind the frontier one is. Returns the gain."""
    before = actor.knowledge[discipline]
    after = min(2.0, before * math.exp(min(1.0, step)))
    actor.knowledge[discipline] = after
    return math.log(after / before)
