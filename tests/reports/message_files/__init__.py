"""The numbers of messages as the description of the vendor's export gives them, computed from rows of its files.

Nothing here knows documents, definitions or searches.
"""
