"""Writes and reads the review as JSON. A deployment compares its own plan with this document."""

import json

from pydantic import TypeAdapter, ValidationError

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json
from arqctl.review.model import Review, Verdict

VERSION = 2
"""Version of the format in review.schema.json."""

_REVIEW = TypeAdapter(Review)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def to_json(review: Review) -> str:
    """Return the JSON document that `review.schema.json` describes."""
    document = {
        "version": VERSION,
        "verdict": review.verdict.name.lower(),
        **_REVIEW.dump_python(review, mode="json"),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str, *, where: str) -> Review:
    """Parse the output of `to_json`. `where` names the file in errors.

    Raises:
        InputError: when the text is no such document, or has another version.
    """
    fix = "Give the review.json that the same version of `arqctl review --out-dir DIR` wrote"
    try:
        document: Json = json.loads(text)
        if isinstance(document, dict):
            version = document.pop("version", None)
            if version != VERSION:
                raise InputError([Problem(where, f"must have version {VERSION}, got {version!r}", fix)])
            document.pop("verdict", None)
        return _REVIEW.validate_python(document, strict=False)
    except ValidationError as error:
        problems = [
            Problem(f"{where} {'.'.join(map(str, each['loc']))}", each["msg"], fix)
            for each in error.errors(include_input=False, include_url=False)
        ]
        raise InputError(problems[:10]) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(where, f"is not JSON: {error}", fix)]) from error


def schema_text() -> str:
    """Return the document's JSON schema, which review.schema.json publishes."""
    schema = _REVIEW.json_schema(mode="serialization")
    verdicts = {"type": "string", "enum": [verdict.name.lower() for verdict in Verdict]}
    schema["properties"] = {"version": {"const": VERSION}, "verdict": verdicts, **schema["properties"]}
    schema["required"] = ["version", "verdict", *schema["required"]]
    return json.dumps({"$schema": _DIALECT} | schema, indent=2) + "\n"
