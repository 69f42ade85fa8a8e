"""Exports of conversations as CSV: which rows and columns there are, how they are written, and jobs that write them."""
