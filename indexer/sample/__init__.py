"""A believable support workspace, made up: seeded, without a clock, the same for the same arguments.

`generate` tells its conversations in the vendor's shape, `calls` and `status_changes` what else happened, `messages`
what it sent to its customers, `people`, `companies` and `events` who the customers are and what they do. `workspace`
names its people, `office_hours` says when it is open.
"""

from indexer.sample.generator import DEFAULT_DAYS, DEFAULT_END, MOST_CONVERSATIONS, History, generate
from indexer.sample.journeys import NODES_OF_WELCOME
from indexer.sample.office_hours import office_hours
from indexer.sample.outbound import messages
from indexer.sample.phone_calls import calls
from indexer.sample.sample_workspace import Workspace, workspace
from indexer.sample.status_changes import status_changes
from indexer.sample.user_data import companies, events, people

__all__ = [
    "DEFAULT_DAYS",
    "DEFAULT_END",
    "MOST_CONVERSATIONS",
    "NODES_OF_WELCOME",
    "History",
    "Workspace",
    "calls",
    "companies",
    "events",
    "generate",
    "messages",
    "office_hours",
    "people",
    "status_changes",
    "workspace",
]
