"""Resources to price: made by hand, and those of the committed snapshots."""

import json
from decimal import Decimal
from pathlib import Path

from arqctl.core.assembly import Json, Stack
from arqctl.cost.estimate import Line, estimate
from arqctl.cost.priceable import Priced
from arqctl.cost.stack import resources_of

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
ENVIRONMENTS = ("dev", "staging", "production")


def resource(type_: str, name: str = "main", region: str = "eu-west-1", /, **values: Json) -> Priced:
    return Priced(f"{type_}.{name}", type_, f"production/{name}/Default", region, values)


def snapshot(name: str) -> tuple[Priced, ...]:
    """All resources of a stack as its committed snapshot has them."""
    file = SNAPSHOTS / f"{name}.json"
    text = file.read_text(encoding="utf-8")
    return resources_of(Stack(name, name, file, text, json.loads(text)))


def line(wanted: Priced, *others: Priced) -> Line:
    """What a resource costs beside others."""
    (found,) = (each for each in estimate([wanted, *others]).lines if each.address == wanted.address)
    return found


def monthly(wanted: Priced, *others: Priced) -> Decimal | None:
    return line(wanted, *others).monthly


def quantities(wanted: Priced, *others: Priced) -> dict[str, Decimal | None]:
    """How much of each item of the price table a resource is charged for."""
    return {part.item: part.quantity for part in line(wanted, *others).parts}


def cents(*amounts: str | Decimal) -> Decimal:
    """A sum of amounts, each rounded to the cent first."""
    return sum((round(Decimal(amount), 2) for amount in amounts), Decimal("0.00"))
