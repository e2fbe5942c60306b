"""The cost of a change is the difference of both sides; an unknown price is never a saving."""

from datetime import date
from decimal import Decimal

from arqctl.cost.cost_change import CostDelta, cost_change
from arqctl.cost.estimate import estimate
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, resource, snapshot

KEY, GATEWAY = resource("aws_kms_key"), resource("aws_nat_gateway")
GATEWAY_COSTS = cents(730 * Decimal("0.048"))


# The price table only has the first one.
PRICED, UNPRICED = "db.t4g.medium", "db.x9z.large"


def database(class_: str, gib: int = 100) -> PriceableResource:
    return resource(
        "aws_db_instance",
        engine="postgres",
        instance_class=class_,
        storage_type="gp3",
        allocated_storage=gib,
    )


def test_added_and_removed_resources_make_the_difference() -> None:
    change = cost_change([KEY], [KEY, GATEWAY])
    assert (change.monthly, change.delta) == (cents("1.00", GATEWAY_COSTS), GATEWAY_COSTS)
    assert change.deltas == (CostDelta("aws_nat_gateway.main", "production/main/Default", GATEWAY_COSTS),)
    assert cost_change([KEY, GATEWAY], [KEY]).delta == -GATEWAY_COSTS


def test_no_change_costs_nothing_despite_unpriced_resources() -> None:
    resources = snapshot("production")
    change = cost_change(resources, resources)
    costs = estimate(resources)
    assert (change.delta, change.deltas) == (Decimal("0.00"), ())
    assert (change.monthly, change.coverage, change.unpriced) == (
        costs.monthly,
        costs.coverage,
        len(costs.unpriced),
    )


def test_a_reversal_saves_the_cost_of_the_change() -> None:
    small, large = [database(PRICED, 100), KEY], [database(PRICED, 300), KEY]
    forward, backward = cost_change(small, large), cost_change(large, small)
    assert forward.delta == cents(200 * Decimal("0.127"))
    assert backward.delta == -cents(200 * Decimal("0.127"))


def test_a_price_that_becomes_unknown_is_not_a_saving() -> None:
    change = cost_change([database(PRICED), KEY], [database(UNPRICED), KEY])
    assert (change.monthly, change.delta, change.unpriced) == (cents("13.70"), None, 1)
    assert [each.monthly for each in change.deltas] == [None]


def test_a_price_that_becomes_known_is_not_an_increase() -> None:
    change = cost_change([database(UNPRICED)], [database(PRICED)])
    assert (change.delta, change.unpriced, change.coverage) == (None, 0, 100)


def test_an_added_or_removed_unpriced_resource_makes_the_difference_unknown() -> None:
    assert cost_change([KEY], [KEY, database(UNPRICED)]).delta is None
    assert cost_change([KEY, database(UNPRICED)], [KEY]).delta is None
    assert cost_change([KEY], [KEY, resource("aws_quantum_computer")]).delta is None


def test_equally_unpriced_components_leave_the_difference_of_the_others() -> None:
    change = cost_change([database(UNPRICED, 100)], [database(UNPRICED, 300)])
    assert change.delta == cents(200 * Decimal("0.127"))


def test_a_larger_quantity_without_a_price_is_unknown() -> None:
    one = database(UNPRICED)
    two = PriceableResource(one.address, one.type, one.path, one.region, {**one.values, "multi_az": True})
    assert cost_change([one], [two]).delta is None


def test_a_changed_resource_of_an_unpriced_type_is_unknown() -> None:
    before, after = resource("aws_quantum_computer", qubits=1), resource("aws_quantum_computer", qubits=2)
    assert cost_change([before], [after]).delta is None
    assert cost_change([before], [before, KEY]).delta == cents("1.00")


def test_an_unchanged_unknown_cost_does_not_change_the_total() -> None:
    unknown = resource("aws_nat_gateway", availability_mode="regional")
    assert cost_change([unknown], [unknown, KEY]).delta == cents("1.00")


def test_a_total_without_any_price_is_unknown_and_not_zero() -> None:
    change = cost_change([], [resource("aws_quantum_computer")])
    assert (change.monthly, change.delta, change.coverage, change.unpriced) == (None, None, 0, 1)


def test_free_resources_cost_zero() -> None:
    change = cost_change([], [resource("aws_iam_role")])
    assert (change.monthly, change.delta, change.coverage, change.unpriced) == (
        Decimal("0.00"),
        Decimal("0.00"),
        100,
        0,
    )


def test_the_date_is_the_older_of_both_sides() -> None:
    assert cost_change([resource("aws_kms_key")], [resource("aws_eip")]).as_of == date(2026, 3, 14)
