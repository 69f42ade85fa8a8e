"""Reports: definitions, questions, the searches for them, and the answers."""

from indexer.calendar.zone_names import time_zones
from indexer.reports.answer import Answer, Comparison, Row, Waiting
from indexer.reports.answer_builder import build_answer
from indexer.reports.answer_number import Number
from indexer.reports.check_question import check_question, read_question
from indexer.reports.choice import choose
from indexer.reports.definition import Definition
from indexer.reports.definition_reader import read_definition
from indexer.reports.definition_words import in_words
from indexer.reports.dimensions import Dimension
from indexer.reports.invalid_definition import InvalidDefinition
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.page import reports_page
from indexer.reports.periods import Interval, Span, Weekday
from indexer.reports.question import Question
from indexer.reports.search_body import any_body, chosen_pages, latest_body, next_page, search_body, workspaces_body
from indexer.reports.vocabulary import Vocabulary, read_vocabulary

__all__ = [
    "Answer",
    "Comparison",
    "Definition",
    "Dimension",
    "Interval",
    "InvalidDefinition",
    "InvalidQuestion",
    "Number",
    "Question",
    "Row",
    "Span",
    "Vocabulary",
    "Waiting",
    "Weekday",
    "any_body",
    "build_answer",
    "check_question",
    "choose",
    "chosen_pages",
    "in_words",
    "latest_body",
    "next_page",
    "read_definition",
    "read_question",
    "read_vocabulary",
    "reports_page",
    "search_body",
    "time_zones",
    "workspaces_body",
]
