"""A change says what it costs, and never sells an unknown price as a saving."""

from datetime import date
from decimal import Decimal

from arqctl.cost.change import Delta, cost_change
from arqctl.cost.estimate import estimate
from arqctl.cost.priceable import Priced
from tests.arqctl.cost.priced_stacks import cents, resource, snapshot

KEY, GATEWAY = resource("aws_kms_key"), resource("aws_nat_gateway")
GATEWAY_COSTS = cents(730 * Decimal("0.048"))


# The table has a price for one of them.
PRICED, UNPRICED = "db.t4g.medium", "db.x9z.large"


def database(class_: str, gib: int = 100) -> Priced:
    return resource(
        "aws_db_instance",
        engine="postgres",
        instance_class=class_,
        storage_type="gp3",
        allocated_storage=gib,
    )


def test_what_is_added_and_what_goes_is_the_difference() -> None:
    change = cost_change([KEY], [KEY, GATEWAY])
    assert (change.monthly, change.delta) == (cents("1.00", GATEWAY_COSTS), GATEWAY_COSTS)
    assert change.deltas == (Delta("aws_nat_gateway.main", "production/main/Default", GATEWAY_COSTS),)
    assert cost_change([KEY, GATEWAY], [KEY]).delta == -GATEWAY_COSTS


def test_no_change_costs_nothing_though_much_is_unpriced() -> None:
    resources = snapshot("production")
    change = cost_change(resources, resources)
    told = estimate(resources)
    assert (change.delta, change.deltas) == (Decimal("0.00"), ())
    assert (change.monthly, change.coverage, change.unpriced) == (told.monthly, told.coverage, 2)


def test_the_way_there_costs_as_much_as_the_way_back_saves() -> None:
    small, large = [database(PRICED, 100), KEY], [database(PRICED, 300), KEY]
    there, back = cost_change(small, large), cost_change(large, small)
    assert there.delta == cents(200 * Decimal("0.127"))
    assert back.delta == -cents(200 * Decimal("0.127"))


def test_a_price_that_is_unknown_afterwards_is_no_saving() -> None:
    change = cost_change([database(PRICED), KEY], [database(UNPRICED), KEY])
    assert (change.monthly, change.delta, change.unpriced) == (cents("13.70"), None, 1)
    assert [each.monthly for each in change.deltas] == [None]


def test_a_price_that_was_unknown_is_no_rise() -> None:
    change = cost_change([database(UNPRICED)], [database(PRICED)])
    assert (change.delta, change.unpriced, change.coverage) == (None, 0, 100)


def test_what_is_unpriced_and_comes_or_goes_leaves_the_difference_unknown() -> None:
    assert cost_change([KEY], [KEY, database(UNPRICED)]).delta is None
    assert cost_change([KEY, database(UNPRICED)], [KEY]).delta is None
    assert cost_change([KEY], [KEY, resource("aws_quantum_computer")]).delta is None


def test_what_is_unpriced_on_both_sides_alike_leaves_the_difference_of_the_rest() -> None:
    change = cost_change([database(UNPRICED, 100)], [database(UNPRICED, 300)])
    assert change.delta == cents(200 * Decimal("0.127"))


def test_more_of_what_has_no_price_is_not_known() -> None:
    one = database(UNPRICED)
    two = Priced(one.address, one.type, one.path, one.region, {**one.values, "multi_az": True})
    assert cost_change([one], [two]).delta is None


def test_a_type_without_a_price_that_changes_is_not_known() -> None:
    before, after = resource("aws_quantum_computer", qubits=1), resource("aws_quantum_computer", qubits=2)
    assert cost_change([before], [after]).delta is None
    assert cost_change([before], [before, KEY]).delta == cents("1.00")


def test_what_stays_unknown_as_it_was_changes_nothing() -> None:
    unknown = resource("aws_nat_gateway", availability_mode="regional")
    assert cost_change([unknown], [unknown, KEY]).delta == cents("1.00")


def test_nothing_priced_at_all_is_not_known_and_not_nothing() -> None:
    change = cost_change([], [resource("aws_quantum_computer")])
    assert (change.monthly, change.delta, change.coverage, change.unpriced) == (None, None, 0, 1)


def test_nothing_that_costs_is_nothing() -> None:
    change = cost_change([], [resource("aws_iam_role")])
    assert (change.monthly, change.delta, change.coverage, change.unpriced) == (
        Decimal("0.00"),
        Decimal("0.00"),
        100,
        0,
    )


def test_the_date_is_the_older_of_both_sides() -> None:
    assert cost_change([resource("aws_kms_key")], [resource("aws_eip")]).as_of == date(2026, 3, 14)
