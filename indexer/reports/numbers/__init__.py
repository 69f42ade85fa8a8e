"""The kinds of numbers that a report can be, one to a module; `registry` lists them."""
