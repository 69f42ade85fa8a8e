"""Time as people write it: zones and their names, dates, instants and durations."""
