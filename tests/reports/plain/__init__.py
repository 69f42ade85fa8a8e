"""Every report of the package computed a second time, in plain Python, from its description in the list of reports.

`answer` takes documents and a question and gives the answer that Elasticsearch must give too. Nothing here knows how
the product defines or compiles its reports.
"""

from tests.reports.plain.answers import Asked, Given, PlainRow, answer, behind
from tests.reports.plain.catalogue import REPORTS
from tests.reports.plain.figures import Figure, agrees
from tests.reports.plain.items import Workspace
from tests.reports.plain.kinds import Report

__all__ = ["REPORTS", "Asked", "Figure", "Given", "PlainRow", "Report", "Workspace", "agrees", "answer", "behind"]
