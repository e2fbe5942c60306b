from contextlib import nullcontext
from typing import Self

import pytest
from pydantic import Field, model_validator

from constructs_arq.core.config import Config, collect_problems, validation_error
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.values import AccountId, Cidr, Domain, Region, Slug, slugify


class Disk(Config):
    size_gib: int = Field(ge=20, description="20 to 65,536.")
    name: Slug = "data"


class Tape(Config):
    label: str


class Backups(Config):
    target: Disk | Tape


class Database(Config):
    account_id: AccountId
    disks: tuple[Disk, ...] = ()
    spare: Disk | None = None
    minimum: int = 1
    maximum: int = 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise validation_error("minimum must not be above maximum", fix="Lower minimum.")
        return self


def test_all_invalid_values_are_reported_with_path_value_and_fix() -> None:
    with pytest.raises(ConfigError) as error:
        Database(account_id="123", minimum="many", dsiks=())  # type: ignore[call-arg]  # wrong on purpose
    by_path = {problem.path: problem for problem in error.value.problems}
    assert set(by_path) == {"account_id", "minimum", "dsiks"}
    assert by_path["account_id"].got == "'123'"
    assert by_path["account_id"].fix == "Write it as text, leading zeros included."
    assert by_path["dsiks"].fix == "Did you mean disks?"
    assert "valid integer" in by_path["minimum"].message


def test_a_value_for_a_union_of_configurations_is_reported_once_with_all_of_them() -> None:
    with pytest.raises(ConfigError) as error:
        Backups(target=3)
    (problem,) = error.value.problems
    assert problem.path == "target"
    assert problem.message.endswith("instance of Disk or Tape")
    assert problem.got == "3"


def test_a_missing_value_is_reported() -> None:
    with pytest.raises(ConfigError, match=r"account_id: field required\. Add account_id\."):
        Database()  # type: ignore[call-arg]  # missing on purpose


def test_nested_problems_have_the_path_of_the_outer_configuration() -> None:
    with pytest.raises(ConfigError) as error, collect_problems("environments/x.py"):
        Database(
            account_id="1",
            disks=(Disk(size_gib=100), Disk(size_gib=1, name="Not a slug")),
            spare=Disk(size_gib=2),
        )
    assert error.value.subject == "environments/x.py"
    assert {problem.path for problem in error.value.problems} == {
        "account_id",
        "disks.1.size_gib",
        "disks.1.name",
        "spare.size_gib",
    }


def test_model_validators_are_skipped_for_invalid_values() -> None:
    with pytest.raises(ConfigError) as error, collect_problems("x"):
        Database(account_id="123456789012", minimum=9, spare=Disk(size_gib=1))
    assert [problem.path for problem in error.value.problems] == ["spare.size_gib"]


def test_a_failed_model_validator_is_reported_with_the_fix() -> None:
    with pytest.raises(ConfigError, match=r"minimum must not be above maximum.*Lower minimum\."):
        Database(account_id="123456789012", minimum=9)


def test_problems_of_independent_configurations_are_collected() -> None:
    with pytest.raises(ConfigError) as error, collect_problems("x"):
        Disk(size_gib=1)
        Disk(size_gib=2)
    assert [problem.got for problem in error.value.problems] == ["1", "2"]


def test_other_exceptions_pass_through_collect_problems() -> None:
    with pytest.raises(ZeroDivisionError), collect_problems("x"):
        Disk(size_gib=1)
        raise ZeroDivisionError


@pytest.mark.parametrize("collecting", [False, True])
def test_a_dictionary_is_validated_in_place_of_a_configuration(collecting: bool) -> None:
    with (
        pytest.raises(ConfigError) as error,
        collect_problems("environments/dev.py") if collecting else nullcontext(),
    ):
        Database(account_id="123", spare={"size_gib": 1, "nmae": "a"})
    problems = {problem.path: problem for problem in error.value.problems}
    assert set(problems) == {"account_id", "spare.size_gib", "spare.nmae"}
    assert problems["spare.nmae"].fix == "Remove it."


class Limit(Config):
    seconds: float


@pytest.mark.parametrize("seconds", [float("inf"), float("-inf"), float("nan")])
def test_infinite_numbers_are_rejected(seconds: float) -> None:
    with pytest.raises(ConfigError, match=r"seconds: .* finite"):
        Limit(seconds=seconds)


def test_a_configuration_is_frozen() -> None:
    disk = Disk(size_gib=100)
    with pytest.raises(ValueError, match="frozen"):
        setattr(disk, "size_gib", 200)  # noqa: B010  # mypy knows that it is frozen


class Values(Config):
    account: AccountId = "123456789012"
    region: Region = "eu-west-1"
    domain: Domain = "app.example.com"
    cidr: Cidr = "10.0.0.0/16"
    name: Slug = "orders-api"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", "1234"),
        ("region", "europe"),
        ("domain", "Example.com"),
        ("domain", "localhost"),
        ("cidr", "10.0.0.1/16"),
        ("cidr", "everything"),
        ("name", "Orders"),
        ("name", "a.b"),
        ("name", "-a"),
    ],
)
def test_malformed_values_are_rejected(field: str, value: str) -> None:
    with pytest.raises(ConfigError) as error:
        Values(**{field: value})
    (problem,) = error.value.problems
    assert problem.path == field
    assert problem.got == repr(value)
    assert problem.fix


def test_slugify() -> None:
    assert slugify("ecr.api") == "ecr-api"
    assert slugify("10.0.0.0/16") == "10-0-0-0-16"
