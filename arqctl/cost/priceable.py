"""A resource as pricing sees it: the same from a synthesized stack as from either side of a plan."""

from dataclasses import dataclass

from arqctl.core.assembly import Body


@dataclass(frozen=True, slots=True)
class Priced:
    """One managed resource: its address, type, construct's path, region ("" where unknown) and arguments.

    An argument that is absent or null has its default. What isn't known is an expression, such as `${var.x}`.
    """

    address: str
    type: str
    path: str
    region: str
    values: Body
