"""Joint laboratories: government sets up laboratories that institutes run with enterprises."""

from __future__ import annotations

from sim.compiled import rule
from sim.declare import Instrument, instrument, lever, measure
from sim.policies.targeting import all_researchers, put_in_force, researchers

MEASURE = measure("joint_laboratory")


@instrument(
    group="innovation",
    bites=("institute.joint_laboratories",),
    primary="joint_projects",
    sign=1,
)
class JointLaboratory(Instrument):
    """Sets up laboratories that universities and research institutes run with enterprises.

    Mechanism: an institute with joint laboratories can take part in more joint projects and is found more
    easily. Laboratories go to institutes by their researchers (a part of one counts as shared use). The claim
    arises where institutes run them.
    Evidence: the Baotou centre of the Academy set up five joint engineering centres in two years and served
    more than 40 enterprises (stdaily 2017-08-04); the city pays 3 million CNY per laboratory or technology
    centre (kuangku 6707).
    Typical: 2 to 10 laboratories.
    """

    label = "Joint laboratories", "联合实验室"
    number: float = lever(0.0, "1", "joint laboratories kept up", hard=(0.0, 40.0), typical=(2.0, 10.0))


@rule
def joint_laboratory(world, levers, now):
    """Laboratories go to universities and research institutes by their researchers."""
    lever = levers.joint_laboratory
    if lever.number == 0.0:
        return
    put_in_force(world, MEASURE)
    per_researcher = lever.number / max(1.0, all_researchers(world))
    for institute in world.institutes:
        institute.joint_laboratories += per_researcher * researchers(institute)
