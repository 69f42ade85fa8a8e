"""Exports of conversations as CSV: their rows and columns, how they are written, and jobs that write them."""
