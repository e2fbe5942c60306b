"""Frameworks: what each of their controls asks, and which rules see whether it is so. One file each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

_SUFFIX = ".toml"


class Control(BaseModel):
    """A control in our own words, and why each rule stands under it. None stands there that isn't certain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    rules: Mapping[str, str] = Field(min_length=1)


class Framework(BaseModel):
    """A framework, where it is published, and what its mapping rests on.

    Controls without a rule are left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    source: str
    basis: str
    controls: Mapping[str, Control]

    @property
    def rules(self) -> frozenset[str]:
        """Every rule that stands under a control."""
        return frozenset(rule for control in self.controls.values() for rule in control.rules)


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework by its short name, in the order of these."""
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
