"""What our own colours and progress bars write to a terminal, taken away."""

import re

_OURS = re.compile(r"\x1b\[(?:\d+(?:;\d+)*)?m|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A|\r")


def plain(written: str) -> str:
    """The text without the sequences that headings, colours and bars of ours are made of."""
    return _OURS.sub("", written)
