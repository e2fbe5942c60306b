"""Compliance frameworks: their controls and the rules that check them, one TOML file each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

_SUFFIX = ".toml"


class Control(BaseModel):
    """A paraphrased control with the reason for mapping each rule to it. Uncertain mappings are left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    rules: Mapping[str, str] = Field(min_length=1)


class Framework(BaseModel):
    """A framework, its URL and the basis of its mapping. Controls without a rule are left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    source: str
    basis: str
    controls: Mapping[str, Control]

    @property
    def rules(self) -> frozenset[str]:
        """Every rule that is mapped to a control."""
        return frozenset(rule for control in self.controls.values() for rule in control.rules)


@cache
def frameworks() -> Mapping[str, Framework]:
    """Load every framework by its short name, sorted."""
    folder = files("arqctl.evidence").joinpath("frameworks")
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(_SUFFIX)), key=lambda file: file.name
    )
    return {
        file.name.removesuffix(_SUFFIX): Framework.model_validate(
            tomllib.loads(file.read_text(encoding="utf-8"))
        )
        for file in found
    }
