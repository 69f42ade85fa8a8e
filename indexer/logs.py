"""Logs: structlog events, one line each, on standard error; a terminal gets columns, anything else JSON."""

import logging
import sys

import structlog

from indexer.terminal import guard


def configure(level: int = logging.INFO) -> None:
    """Set up this process's logs, from a `level` of the standard library on.

    Warnings and worse of libraries come out in the same form, with their text as the event and the name of their
    `logger`, such as that of Celery if it has lost Redis.
    """
    guard()
    terminal = sys.stderr.isatty()
    # By default the traceback on a terminal shows the values of all variables.
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if terminal else [structlog.processors.format_exc_info]),
    ]
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*common, renderer],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *common],
        )
    )
    handler.addFilter(_brief)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    # Python's are for developers, and Elasticsearch's client raises an error anyway for what it warns of.
    for name in ("py.warnings", "elastic_transport"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _brief(record: logging.LogRecord) -> bool:
    """Keep tracebacks for errors.

    With every message that it cannot send, the beat logs a traceback, which is always the same.
    """
    if record.name == "celery.beat":
        record.msg, record.args, record.exc_info = record.getMessage().partition("\n")[0], (), None
    elif record.levelno < logging.ERROR:
        record.exc_info = None
    return True
