"""The differences of two sides' documents of one conversation, and their reasons: fields, tolerances, rules. Pure."""
