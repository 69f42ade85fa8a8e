from indexer.reports import in_words
from tests.reports.definitions import definition


def test_a_definition_is_told_in_words():
    words = in_words(definition())
    assert words["number"] == "how many conversations"
    assert words["counted on"] == "the local date of created_at"
    assert words["only where"] == "channel is one of email, chat and reassignments_after_first_reply is 0"
    assert words["grouped by"] == "channel, tag, team, custom.plan"


def test_a_report_of_everything_says_so():
    words = in_words(definition(where={}, group_by=[]))
    assert words["only where"] == "(all of them)"
    assert words["grouped by"] == "(nothing)"
