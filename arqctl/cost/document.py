"""The estimate as JSON, described in docs/cost.md. Amounts are strings: a float can't hold a cent."""

import json
from decimal import Decimal

from arqctl.core.assembly import Json
from arqctl.cost.constructs import Construct, by_construct
from arqctl.cost.estimate import Estimate, Line, Part


def render_json(environment: str, told: Estimate) -> str:
    """One JSON document, the same for the same stacks."""
    document: Json = {
        "environment": environment,
        "currency": "USD",
        "monthly": _amount(told.monthly if told.is_known else None),
        "coverage": told.coverage,
        "as_of": told.as_of.isoformat(),
        "constructs": [_construct(each) for each in by_construct(told)],
        "resources": [_line(each) for each in told.lines],
        "unpriced": [
            {"address": each.address, "type": each.type, "path": each.path, "why": list(each.why)}
            for each in told.unpriced
        ],
        "metered": [
            {"address": each.address, "type": each.type, "path": each.path, "what": each.what}
            for each in told.metered
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _construct(each: Construct) -> Json:
    return {"path": each.path, "monthly": _amount(each.monthly), "unpriced": each.unpriced}


def _line(line: Line) -> Json:
    return {
        "address": line.address,
        "type": line.type,
        "path": line.path,
        "monthly": _amount(line.monthly),
        "parts": [_part(part) for part in line.parts],
    }


def _part(part: Part) -> Json:
    return {
        "item": part.item,
        "what": part.what,
        "region": part.region,
        "quantity": _amount(part.quantity),
        "unit": part.unit or None,
        "price": _amount(part.price),
        "monthly": _amount(part.monthly),
        "as_of": part.as_of.isoformat() if part.as_of else None,
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
