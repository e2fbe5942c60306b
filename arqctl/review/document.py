"""The review as one JSON document, and back: what a deployment compares its own plan with."""

import json

from pydantic import TypeAdapter, ValidationError

from arqctl.core.assembly import Json
from arqctl.core.errors import InputError, Problem
from arqctl.review.model import Review, Verdict

_REVIEW = TypeAdapter(Review)
_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def to_json(review: Review) -> str:
    """The document, as `review.schema.json` describes it. It is masked as the review is."""
    body = {"verdict": review.verdict.name.lower(), **_REVIEW.dump_python(review, mode="json")}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str, *, where: str) -> Review:
    """Read what `to_json` wrote. `where` names the file in errors.

    Raises:
        InputError: for what isn't such a document.
    """
    fix = "Give the review.json that `arqctl review --output FOLDER` wrote, of the same version"
    try:
        body: Json = json.loads(text)
        if isinstance(body, dict):
            body.pop("verdict", None)
        return _REVIEW.validate_python(body, strict=False)
    except ValidationError as error:
        problems = [
            Problem(f"{where} {'.'.join(map(str, each['loc']))}", each["msg"], fix)
            for each in error.errors(include_input=False, include_url=False)
        ]
        raise InputError(problems[:10]) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(where, f"is not JSON: {error}", fix)]) from error


def schema_text() -> str:
    """The JSON schema of the document, as it is published in review.schema.json."""
    described = _REVIEW.json_schema(mode="serialization")
    words = {"type": "string", "enum": [verdict.name.lower() for verdict in Verdict]}
    described["properties"] = {"verdict": words, **described["properties"]}
    described["required"] = ["verdict", *described["required"]]
    return json.dumps({"$schema": _SCHEMA} | described, indent=2) + "\n"
