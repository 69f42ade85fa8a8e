"""Charts as figures for templates."""
