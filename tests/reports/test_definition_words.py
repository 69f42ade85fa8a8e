from indexer.answers.catalogue import load_reports
from indexer.reports import in_words
from tests.reports.definitions import definition


def test_a_definition_is_told_in_words():
    words = in_words(definition())
    assert words["number"] == "how many conversations"
    assert words["counted on"] == "the local date of created_at"
    assert words["only where"] == "channel is one of email, chat and reassignments_after_first_reply is 0"
    assert words["grouped by"] == "channel, tag, team, custom.plan, custom.<name>, person.<name>"


def test_the_default_group_and_the_parameters_are_named():
    found = load_reports()["backlog_older_than"]
    words = in_words(found)
    assert words["grouped by"] == "team (by default), teammate, channel, tag, custom.<name>, person.<name>"
    assert words["parameters"] == (
        "limit: the age beyond which a conversation counts (1 to 315,360,000 seconds, 604,800 by default)"
    )


def test_whose_words_those_of_an_action_are_is_told_where_conversations_count():
    words = in_words(load_reports()["median_first_response_time"])
    assert words["only where"] == "(all of them)"
    assert words["grouped by"].endswith(
        "; words of an action mean the one where its kind is reply and its first_response is true"
    )


def test_the_day_of_actions_that_count_on_their_conversations_day_is_told():
    words = in_words(load_reports()["sla_replies"])
    assert words["counted on"] == "the local date of started_at of its conversation"
    assert words["only where"] == "the action's kind is reply and the action's sla_outcome has a value"


def test_a_report_of_everything_says_so():
    words = in_words(definition(where={}, group_by=[]))
    assert words["only where"] == "(all of them)"
    assert words["grouped by"] == "(nothing)"
