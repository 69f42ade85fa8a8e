"""An answer of Elasticsearch's held against the plain one."""

from collections.abc import Iterable, Sequence

from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report, run_reports
from indexer.reports import Answer, Definition, Question, Row, read_question
from indexer.reports.answer import Comparison
from indexer.reports.cell import OtherGroups
from tests.reports.plain import REPORTS, Given, PlainRow, Report, Workspace, agrees, answer, behind
from tests.reports.plain.reading import Document
from tests.reports.questions import Put


def check(report: Report, workspace: Workspace, put: Put, answered: Answer) -> Given:
    """Fail, naming the question, where the two differ; gives the plain answer."""
    wanted = answer(report, workspace, put.asked)
    _compare(report, put, answered, wanted)
    assert answered.exact
    if put.compare:
        before = put.asked.before()
        assert answered.compare is not None, put
        assert (answered.compare.from_, answered.compare.to) == (before.first, before.last), put
        _compare(report, put, answered.compare, answer(report, workspace, before))
    else:
        assert answered.compare is None, put
    return wanted


def _compare(report: Report, put: Put, answered: Answer | Comparison, wanted: Given) -> None:
    total = answered.total
    assert total.count == wanted.total.count, (put, total, wanted.total)
    assert agrees(total.value, wanted.total), (put, total, wanted.total)
    keep_all = report.part is not None
    rows = answered.rows if keep_all else _of_groups_with_anything(answered.rows)
    plain = wanted.rows if keep_all else _plain_of_groups_with_anything(wanted.rows)
    assert [(row.period, row.group) for row in rows] == [(row.period, row.group) for row in plain], put
    for row, other in zip(rows, plain, strict=True):
        assert row.count == other.figure.count, (put, row, other)
        assert agrees(row.value, other.figure), (put, row, other)


def _of_groups_with_anything(rows: Sequence[Row]) -> list[Row]:
    """Without groups that have nothing in any period: whether those are listed says nothing to anybody.

    One is left where there is nothing else, since every period has a row.
    """
    groups = {row.group for row in rows if row.count} or {None}
    return [row for row in rows if row.group in groups]


def _plain_of_groups_with_anything(rows: Sequence[PlainRow]) -> list[PlainRow]:
    groups = {row.group for row in rows if row.figure.count} or {None}
    return [row for row in rows if row.group in groups]


class Asking:
    """Where questions are put to both: an index, and the same documents in plain Python."""

    def __init__(self, client: Elasticsearch, prefix: str, documents: Iterable[Document]) -> None:
        self._client, self._prefix = client, prefix
        self._documents = list(documents)
        self._workspaces: dict[str, Workspace] = {}
        self.definitions = {
            name: report for name, report in load_reports().items() if report.dataset == "conversations"
        }

    def agreed(self, name: str, put: Put, workspace: str) -> Given:
        """The answer to a question, once both have given the same."""
        answered = run_report(self._client, self._prefix, *self._read(name, put, workspace))
        return check(REPORTS[name], self._in_plain(workspace), put, answered)

    def all_agreed(self, name: str, puts: Iterable[Put], workspace: str) -> list[Given]:
        """The answers to many questions by one request, once both have given the same."""
        puts = list(puts)
        asked = [self._read(name, put, workspace) for put in puts]
        found = []
        for put, answered in zip(puts, run_reports(self._client, self._prefix, asked), strict=True):
            assert isinstance(answered, Answer), (put, answered)
            found.append(check(REPORTS[name], self._in_plain(workspace), put, answered))
        return found

    def list_agreed(self, name: str, put: Put, workspace: str, rows: Iterable[PlainRow]) -> int:
        """How many conversations are behind the rows, once both have listed the same."""
        definition, question = self._read(name, put, workspace)
        listed = 0
        for period, group, _ in rows:
            of_group = {"group": group} if put.asked.group_by or group is not None else {}
            page = list_conversations(
                self._client, self._prefix, definition, question, period=period, size=1000, **of_group
            )
            wanted = behind(REPORTS[name], self._in_plain(workspace), put.asked, period, group)
            assert sorted(row.conversation_id for row in page.rows) == sorted(wanted), (put, period, group)
            listed += len(wanted)
        return listed

    def others_agreed(
        self, name: str, put: Put, workspace: str, than: Sequence[str], others: Iterable[PlainRow]
    ) -> None:
        """Fail unless the list of all groups but some has what is behind the rows of the others, each once."""
        definition, question = self._read(name, put, workspace)
        page = list_conversations(self._client, self._prefix, definition, question, group=OtherGroups(than), size=1000)
        plain = self._in_plain(workspace)
        wanted = {one for row in others for one in behind(REPORTS[name], plain, put.asked, row.period, row.group)}
        assert sorted(row.conversation_id for row in page.rows) == sorted(wanted), (put, than)

    def _read(self, name: str, put: Put, workspace: str) -> tuple[Definition, Question]:
        definition = self.definitions[name]
        return definition, read_question(definition, put.parameters(workspace))

    def _in_plain(self, workspace: str) -> Workspace:
        if workspace not in self._workspaces:
            self._workspaces[workspace] = Workspace(workspace, self._documents)
        return self._workspaces[workspace]
