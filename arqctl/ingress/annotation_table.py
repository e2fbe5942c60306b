"""The annotations of ingress-nginx and their counterparts, from annotations.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

SNIPPET_REASON = "Only an nginx directive replaces it"
SNIPPET_FIX = "Use --snippets if the gateway allows SnippetsFilters"


class Annotation(BaseModel):
    """The counterpart of an annotation, or why there is none. annotations.toml describes the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    counterpart: str = ""
    reason: str = ""
    instead: str = ""
    needs: str = ""
    neutral: frozenset[str] = frozenset()
    snippet: bool = False
    essential: bool = False


class OtherAnnotation(BaseModel):
    """Annotations of other controllers and tools. With `neutral`, they need no counterpart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    neutral: bool


class GlobalSettings(BaseModel):
    """Names of settings in the ConfigMap of ingress-nginx."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inherited: frozenset[str]
    essential: frozenset[str]


class AnnotationTable(BaseModel):
    """All of annotations.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    annotations: dict[str, Annotation]
    others: dict[str, OtherAnnotation]
    settings: GlobalSettings

    def find_other(self, name: str) -> OtherAnnotation | None:
        """Return the entry with the longest prefix of a complete annotation name."""
        prefixes = [prefix for prefix in self.others if name.startswith(prefix)]
        return self.others[max(prefixes, key=len)] if prefixes else None


@cache
def annotation_table() -> AnnotationTable:
    """Return the table."""
    text = files("arqctl.ingress").joinpath("annotations.toml").read_text(encoding="utf-8")
    return AnnotationTable.model_validate(tomllib.loads(text))
