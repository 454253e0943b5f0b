"""Validation: the simulated economy against what is known of real ones.

``targets.toml`` and ``experiments/validation`` say what is expected; ``evaluate`` runs what that takes and judges it;
``table`` shows it; ``calibration`` fits the few parameters that history can tell.
"""
