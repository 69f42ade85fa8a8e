"""The OpenAPI description: the one that FastAPI makes, with examples that can be tried."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from indexer.reports import Question

_EXAMPLES: dict[str, Any] = {
    "name": "median_first_response_time",
    "workspace": "demo",
    "from": "2026-10-01",
    "to": "2026-10-31",
    "time_zone": "Europe/Dublin",
    "interval": "week",
    "group_by": "team",
    "where": ["channel=email"],
    "as_of": 1_793_491_200,
}
_MANY = [
    {"report": "new_inbound_conversations", "workspace": "demo", "from": "2026-10-01", "to": "2026-10-31"},
    {"report": "median_first_response_time", "workspace": "demo", "from": "2026-10-01", "to": "2026-10-31"},
]


def many_questions() -> dict[str, Any]:
    """The body of the request with many questions; each is read by itself, not by FastAPI."""
    question = Question.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    question.pop("$defs", None)
    question["title"] = "QuestionToReport"
    question["properties"] = {
        "report": {"type": "string", "description": "The name of the report."},
        **question["properties"],
    }
    question["required"] = ["report", *question["required"]]
    schema = {"type": "array", "items": question, "minItems": 1, "maxItems": 100}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": _MANY}}}}


def describe(app: FastAPI) -> None:
    """Add examples to the application's description."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            for path in app.openapi_schema["paths"].values():
                for operation in path.values():
                    for parameter in operation.get("parameters", ()):
                        if parameter["name"] in _EXAMPLES:
                            parameter["example"] = _EXAMPLES[parameter["name"]]
                        if parameter["name"] == "time_zone":
                            parameter["schema"].pop("default", None)  # the default is that of the workspace
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
