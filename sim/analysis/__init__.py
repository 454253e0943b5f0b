"""Analysis: what paired runs say. Each chapter takes runs or a comparison and gives back tables."""
