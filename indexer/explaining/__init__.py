"""How a number of a conversation came about: its parts, its office intervals, its rule in words. Pure."""
