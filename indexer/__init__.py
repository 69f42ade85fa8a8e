"""Reporting on support conversations: from every change to a number that can be explained."""

__version__ = "0.1.0"
