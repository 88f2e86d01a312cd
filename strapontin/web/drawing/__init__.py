"""SVG from whole numbers: seats, bars, charts. Pure functions."""
