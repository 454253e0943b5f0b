"""Figures: what a comparison or a run looks like.

Each function draws on the axes that it is given (``ax``) or on new ones, returns them, and never shows, saves or
changes a global setting. ``language`` is "en" or "zh"; labels and units come from declarations, all other text from
``sim.words``. Every figure says how many runs it shows.
"""

from sim.figures.chain_map import chain_map, chain_over_time, flows_of
from sim.figures.distributions import growth_plot, size_plot
from sim.figures.effects import channel_plot, effect_plot, effects_overview, gains_plot, ranking_plot
from sim.figures.money import money_plot, talent_flow_plot
from sim.figures.networks import research_network, supplier_network
from sim.figures.paths import (
    effect_path_plot,
    fan_plot,
    innovation_classes_plot,
    series_plot,
    stage_heat_map,
)

__all__ = [
    "chain_map",
    "chain_over_time",
    "channel_plot",
    "effect_path_plot",
    "effect_plot",
    "effects_overview",
    "fan_plot",
    "flows_of",
    "gains_plot",
    "growth_plot",
    "innovation_classes_plot",
    "money_plot",
    "ranking_plot",
    "research_network",
    "series_plot",
    "size_plot",
    "stage_heat_map",
    "supplier_network",
    "talent_flow_plot",
]
