"""How two sides' documents of one conversation differ, and why: pairs of fields, tolerances, reasons. Pure."""
