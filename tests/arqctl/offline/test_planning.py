"""Plans of small schemas."""

import random
from collections.abc import Mapping
from typing import cast

import pytest

from arqctl.offline.facts import Facts, Names
from arqctl.offline.planning.apply import apply
from arqctl.offline.planning.imports import imported_state
from arqctl.offline.planning.plan import Change, plan
from arqctl.offline.planning.traversal import Fields, walk
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import BOOL, NUMBER, STRING, Collection, Object
from arqctl.offline.values import UNKNOWN, Unknown, Value

SECRET = Attribute("secret_wo", STRING, optional=True, write_only=True)


def argument(name: str) -> Attribute:
    return Attribute(name, STRING, optional=True)


def computed(name: str) -> Attribute:
    return Attribute(name, STRING, computed=True)


def defaulted(name: str) -> Attribute:
    return Attribute(name, STRING, optional=True, computed=True)


def block(*parts: Attribute | NestedBlock) -> Block:
    return Block(
        {each.name: each for each in parts if isinstance(each, Attribute)},
        {each.name: each for each in parts if isinstance(each, NestedBlock)},
    )


def nested(name: str, nesting: Nesting, *parts: Attribute | NestedBlock) -> NestedBlock:
    return NestedBlock(name, nesting, block(*parts))


def planned(schema: Block, prior: Fields | None, config: Fields) -> Fields:
    found = plan(schema, prior=prior, config=config).planned
    assert found is not None
    return found


RULE = nested("rule", Nesting.SET, argument("port"), argument("note"), defaulted("zone"), computed("id"))
GROUP = block(computed("id"), argument("name"), RULE)


def rule(port: str, note: str | None = None, zone: str | None = None, id: str | None = None) -> Fields:
    return {"port": port, "note": note, "zone": zone, "id": id}


def group(*rules: Fields, name: str | None = "web", id: str | None = None) -> Fields:
    return {"id": id, "name": name, "rule": list(rules)}


class TestCreate:
    def test_unset_computed_attributes_are_unknown_at_every_depth(self) -> None:
        inner = (argument("a"), computed("b"), defaulted("c"), SECRET)
        parts = {each.name: each for each in inner[:3]}
        part = Object(dict.fromkeys(parts, STRING))
        schema = block(
            *inner,
            Attribute("n", Collection("list", part), optional=True, nested=Nested(Nesting.LIST, parts)),
            Attribute("whole", Collection("list", part), computed=True, nested=Nested(Nesting.LIST, parts)),
            nested("l", Nesting.LIST, *inner),
            nested("none", Nesting.LIST, *inner),
            nested("one", Nesting.SINGLE, *inner),
            nested("missing", Nesting.SINGLE, *inner),
            nested("m", Nesting.MAP, *inner),
        )
        given: Fields = {"a": "x", "b": None, "c": None, "secret_wo": "secret"}
        less: Fields = {"a": "x", "b": None, "c": None}
        config: Fields = {
            **given, "n": [less], "whole": None,
            "l": [given], "none": [], "one": given, "missing": None, "m": {"k": given},
        }  # fmt: skip
        done = {"a": "x", "b": UNKNOWN, "c": UNKNOWN, "secret_wo": None}
        done_less = {"a": "x", "b": UNKNOWN, "c": UNKNOWN}
        assert planned(schema, None, config) == {
            **done, "n": [done_less], "whole": UNKNOWN,
            "l": [done], "none": [], "one": done, "missing": None, "m": {"k": done},
        }  # fmt: skip

    def test_attributes_of_objects_are_planned_as_one_value(self) -> None:
        rules = Collection("set", Object({"port": STRING, "note": STRING}))
        schema = block(Attribute("ingress", rules, optional=True, computed=True))
        assert planned(schema, None, {"ingress": None}) == {"ingress": UNKNOWN}
        assert planned(schema, None, {"ingress": []}) == {"ingress": []}
        given: Fields = {"ingress": [{"port": "1", "note": None}]}
        assert planned(schema, None, given) == given

    def test_predicted_values_fill_only_unset_attributes(self) -> None:
        schema = block(computed("id"), defaulted("arn"), argument("name"), argument("vpc"))
        predicted: Mapping[str, Value] = {
            "id": Unknown("vpc-"),
            "arn": "arn:aws:x",
            "name": "no",
            "vpc": "no",
        }
        config: Fields = {"id": None, "arn": "mine", "name": None, "vpc": UNKNOWN}
        change = plan(schema, prior=None, config=config, predicted=predicted)
        assert change == Change({"id": Unknown("vpc-"), "arn": "mine", "name": None, "vpc": UNKNOWN})

    def test_unknown_blocks_stay_unknown(self) -> None:
        config = group() | {"rule": UNKNOWN}
        assert planned(GROUP, None, config)["rule"] == UNKNOWN


class TestUpdate:
    def test_an_unchanged_configuration_returns_the_prior_state(self) -> None:
        prior = group(rule("1", zone="z", id="r"), id="g")
        assert planned(GROUP, prior, group(rule("1"))) is prior

    def test_computed_values_are_kept_when_other_arguments_change(self) -> None:
        prior = group(rule("1", zone="z", id="r"), id="g")
        assert planned(GROUP, prior, group(rule("1"), name="new")) == prior | {"name": "new"}

    def test_a_removed_optional_argument_becomes_null(self) -> None:
        assert planned(GROUP, group(id="g"), group(name=None))["name"] is None

    def test_list_blocks_match_by_index_and_map_blocks_by_key(self) -> None:
        schema = block(
            nested("l", Nesting.LIST, argument("a"), computed("b")),
            nested("m", Nesting.MAP, argument("a"), computed("b")),
        )
        prior: Fields = {"l": [{"a": "1", "b": "x"}], "m": {"k": {"a": "1", "b": "y"}}}
        config: Fields = {
            "l": [{"a": "2", "b": None}, {"a": "1", "b": None}],
            "m": {"j": {"a": "1", "b": None}, "k": {"a": "1", "b": None}},
        }
        assert planned(schema, prior, config) == {
            "l": [{"a": "2", "b": "x"}, {"a": "1", "b": UNKNOWN}],
            "m": {"j": {"a": "1", "b": UNKNOWN}, "k": {"a": "1", "b": "y"}},
        }

    def test_any_change_makes_recomputed_attributes_unknown(self) -> None:
        schema = block(computed("id"), computed("version"), argument("name"))
        prior: Fields = {"id": "i", "version": "1", "name": "a"}
        config: Fields = {"id": None, "version": None, "name": "a"}
        recomputed = frozenset({"version", "no_such_thing"})
        assert plan(schema, prior=prior, config=config, recomputed=recomputed).planned is prior
        changed = plan(schema, prior=prior, config=config | {"name": "b"}, recomputed=recomputed)
        assert changed.planned == {"id": "i", "version": UNKNOWN, "name": "b"}

    def test_a_different_predicted_value_is_a_change(self) -> None:
        """The provider's default tags change, the resource's tags don't."""
        tags = Collection("map", STRING)
        schema = block(Attribute("tags", tags, optional=True), Attribute("tags_all", tags, computed=True))
        prior: Fields = {"tags": None, "tags_all": {"team": "a"}}
        config: Fields = {"tags": None, "tags_all": None}

        def after(tags_all: Value) -> Fields | None:
            recomputed = frozenset({"tags_all"})
            predicted = {"tags_all": tags_all}
            return plan(
                schema, prior=prior, config=config, predicted=predicted, recomputed=recomputed
            ).planned

        assert after({"team": "a"}) is prior
        assert after({"team": "b"}) == {"tags": None, "tags_all": {"team": "b"}}
        assert after({"team": UNKNOWN}) == {"tags": None, "tags_all": {"team": UNKNOWN}}

    def test_a_null_configuration_plans_a_destroy(self) -> None:
        assert plan(GROUP, prior=group(), config=None) == Change(None)


class TestSets:
    def test_a_removed_argument_is_planned(self) -> None:
        prior = group(rule("1", note="why", zone="z", id="r"), id="g")
        assert planned(GROUP, prior, group(rule("1"))) == group(rule("1", zone="z", id="r"), id="g")

    def test_an_element_keeps_the_computed_values_of_the_most_similar_prior_element(self) -> None:
        prior = group(rule("1", "a", "z1", "r1"), rule("2", "b", "z2", "r2"), rule("3", "c", "z3", "r3"))
        config = group(rule("3", "new"), rule("1", "a"), rule("9", "z"))
        assert planned(GROUP, prior, config)["rule"] == [
            rule("3", "new", "z3", "r3"),
            rule("1", "a", "z1", "r1"),
            {**rule("9", "z"), "zone": UNKNOWN, "id": UNKNOWN},
        ]

    def test_each_prior_element_is_matched_at_most_once(self) -> None:
        prior = group(rule("1", zone="z", id="r"))
        rules = planned(GROUP, prior, group(rule("1"), rule("1", zone="z")))["rule"]
        assert rules == [{**rule("1"), "zone": UNKNOWN, "id": UNKNOWN}, rule("1", zone="z", id="r")]

    def test_all_unchanged_elements_are_matched(self) -> None:
        prior = group(rule("1", zone="y", id="r1"), rule("1", zone="z", id="r2"), id="g")
        for zone in ("y", "z"):
            assert planned(GROUP, prior, group(rule("1"), rule("1", zone=zone))) is prior

    def test_an_element_with_unknowns_matches_no_prior_element(self) -> None:
        prior = group(rule("1", "a", "z1", "r1"), rule("2", "b", "z2", "r2"))
        config = group(rule("1", "a"), {**rule("2"), "note": UNKNOWN})
        assert planned(GROUP, prior, config)["rule"] == [
            rule("1", "a", "z1", "r1"),
            {"port": "2", "note": UNKNOWN, "zone": UNKNOWN, "id": UNKNOWN},
        ]

    def test_an_element_with_unknowns_can_become_equal_to_another(self) -> None:
        prior = group(rule("1", zone="y", id="r1"))
        config = group(rule("1"), rule("1") | {"zone": UNKNOWN})
        unsure: Fields = {"port": "1", "note": None, "zone": UNKNOWN, "id": UNKNOWN}
        assert planned(GROUP, prior, config)["rule"] == [unsure, unsure]

    def test_two_elements_are_never_merged(self) -> None:
        schema = block(nested("disk", Nesting.SET, argument("kind"), argument("note"), defaulted("size")))
        prior: Fields = {
            "disk": [{"kind": "a", "note": "x", "size": "1"}, {"kind": "a", "note": "y", "size": "1"}]
        }
        config: Fields = {
            "disk": [{"kind": "a", "note": "y", "size": None}, {"kind": "a", "note": "y", "size": "1"}]
        }
        assert planned(schema, prior, config) == {
            "disk": [{"kind": "a", "note": "y", "size": UNKNOWN}, {"kind": "a", "note": "y", "size": "1"}]
        }

    def test_the_element_with_more_arguments_is_matched_first(self) -> None:
        encrypted = Attribute("encrypted", BOOL, optional=True, computed=True)
        schema = block(nested("disk", Nesting.SET, argument("kind"), encrypted))
        prior: Fields = {"disk": [{"kind": "a", "encrypted": True}]}
        config: Fields = {"disk": [{"kind": "a", "encrypted": None}, {"kind": "a", "encrypted": True}]}
        assert planned(schema, prior, config) == {
            "disk": [{"kind": "a", "encrypted": UNKNOWN}, {"kind": "a", "encrypted": True}]
        }


CREATE_ONLY: frozenset[Names] = frozenset({("name",), ("vpc",), ("disk",), ("rule", "port")})
SERVER = block(
    computed("id"),
    defaulted("name"),
    argument("size"),
    nested("vpc", Nesting.LIST, argument("subnet"), computed("arn")),
    nested("disk", Nesting.SET, argument("kind"), defaulted("size")),
    RULE,
)


def server(**parts: object) -> Fields:
    unset: dict[str, object] = {"id": None, "name": None, "size": None, "vpc": [], "disk": [], "rule": []}
    return cast("Fields", unset | parts)


def replaced_paths(prior: Fields, config: Fields, *, imported: bool = False) -> tuple[object, ...]:
    facts = Facts(replacing=CREATE_ONLY)
    return plan(SERVER, prior=prior, config=config, facts=facts, imported=imported).requires_replace


class TestReplacement:
    def test_only_changed_arguments_force_replacement(self) -> None:
        prior = server(id="i", name="a", size="s", vpc=[{"subnet": "s1", "arn": "x"}])
        config = server(name="a", size="s", vpc=[{"subnet": "s1", "arn": None}])
        assert replaced_paths(prior, config) == ()
        assert replaced_paths(prior, config | {"size": "l"}) == ()
        assert replaced_paths(prior, config | {"name": None}) == ()
        assert replaced_paths(prior, config | {"name": "b", "size": "l"}) == (("name",),)

    def test_a_path_contains_list_indexes(self) -> None:
        prior = server(vpc=[{"subnet": "s1", "arn": "x"}])
        for subnet in ("s2", None):
            assert replaced_paths(prior, server(vpc=[{"subnet": subnet, "arn": None}])) == (
                ("vpc", 0, "subnet"),
            )
        assert ("vpc", 0, "subnet") in replaced_paths(prior, server())

    def test_a_path_ends_at_a_set(self) -> None:
        prior = server(disk=[{"kind": "a", "size": "1"}], rule=[rule("1", "x", "z", "r")])
        same_rule, same_disk = [rule("1", "x")], [{"kind": "a", "size": None}]
        assert replaced_paths(prior, server(disk=same_disk, rule=same_rule)) == ()
        assert replaced_paths(prior, server(disk=same_disk, rule=[rule("1", "y")])) == ()
        assert replaced_paths(prior, server(disk=same_disk, rule=[rule("2", "x")])) == (("rule",),)
        assert replaced_paths(prior, server(disk=[], rule=same_rule)) == (("disk",),)
        more = [*same_disk, {"kind": "b", "size": None}]
        assert replaced_paths(prior, server(disk=more, rule=same_rule)) == (("disk",),)

    def test_unknown_arguments_force_replacement_and_computed_ones_do_not(self) -> None:
        prior = server(id="i", name="a")
        assert replaced_paths(prior, server(name=UNKNOWN)) == (("name",),)
        facts = Facts(replacing=CREATE_ONLY)
        change = plan(
            SERVER, prior=prior, config=server(size="l"), facts=facts, recomputed=frozenset({"name"})
        )
        assert change.planned == server(id="i", name=UNKNOWN, size="l")
        assert change.requires_replace == ()

    def test_attributes_missing_from_an_import_force_no_replacement(self) -> None:
        config = server(name="a", size="s", vpc=[{"subnet": "s1", "arn": None}], rule=[rule("1")])
        prior = imported_state(SERVER, "i-1", {})
        assert prior == server(id="i-1")
        change = plan(SERVER, prior=prior, config=config, facts=Facts(replacing=CREATE_ONLY), imported=True)
        assert change.requires_replace == ()
        assert change.planned is not None
        assert change.planned["id"] == "i-1"
        assert change.planned["vpc"] == [{"subnet": "s1", "arn": UNKNOWN}]
        assert replaced_paths(imported_state(SERVER, "i-1", {"name": "b"}), config, imported=True) == (
            ("name",),
        )

    def test_attributes_missing_from_an_import_are_computed(self) -> None:
        schema = block(computed("id"), computed("arn"), argument("name"))
        prior = imported_state(schema, "i", {"name": "n", "elsewhere": "?"})
        assert prior == {"id": "i", "arn": None, "name": "n"}
        config: Fields = {"id": None, "arn": None, "name": "n"}
        change = plan(schema, prior=prior, config=config, imported=True, predicted={"arn": Unknown("arn:")})
        assert change.planned == {"id": "i", "arn": Unknown("arn:"), "name": "n"}


class TestApply:
    def test_every_unknown_value_is_requested_with_its_path(self) -> None:
        requested = []

        def fill(path: tuple[str | int, ...], type_: object) -> Value:
            requested.append((path, type_))
            return f"{path[-1]}-{len(requested)}"

        prior: Fields = planned(GROUP, None, group(rule("2"), rule("1", zone="z")))
        state = apply(GROUP, prior, fill)
        assert requested == [
            (("id",), STRING),
            (("rule", 1, "zone"), STRING),
            (("rule", 1, "id"), STRING),
            (("rule", 0, "id"), STRING),
        ]
        assert state == group(rule("2", None, "zone-2", "id-3"), rule("1", None, "z", "id-4"), id="id-1")
        assert prior["id"] == UNKNOWN

    def test_unknown_values_in_a_map_are_filled(self) -> None:
        schema = block(Attribute("tags_all", Collection("map", STRING), computed=True))
        assert apply(schema, {"tags_all": {"a": "x", "b": UNKNOWN}}, lambda *_: "y") == {
            "tags_all": {"a": "x", "b": "y"}
        }

    @pytest.mark.parametrize(
        ("planned_value", "value", "message"),
        [
            (Unknown("vpc-"), "subnet-1", "begin with 'vpc-'"),
            (Unknown("vpc-"), None, "begin with 'vpc-'"),
            (Unknown(not_null=True), None, "must not be null"),
            (UNKNOWN, UNKNOWN, "must be known"),
        ],
    )
    def test_a_value_that_contradicts_the_plan_is_rejected(
        self, planned_value: Unknown, value: Value, message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            apply(block(computed("id")), {"id": planned_value}, lambda *_: value)


def test_walk_yields_every_attribute_at_every_depth() -> None:
    rules = Collection("list", Object({"port": NUMBER}))
    schema = block(
        argument("a"), Attribute("r", rules, optional=True), RULE, nested("l", Nesting.LIST, argument("x"))
    )
    value: Fields = {"a": None, "r": [{"port": 1}], "rule": [rule("9")], "l": [{"x": "y"}]}
    assert [(each.path, each.names, each.attribute.name, each.value) for each in walk(schema, value)] == [
        (("a",), ("a",), "a", None),
        (("r",), ("r",), "r", [{"port": 1}]),
        (("r", 0, "port"), ("r", "port"), "port", 1),
        (("rule",), ("rule", "port"), "port", "9"),
        (("rule",), ("rule", "note"), "note", None),
        (("rule",), ("rule", "zone"), "zone", None),
        (("rule",), ("rule", "id"), "id", None),
        (("l", 0, "x"), ("l", "x"), "x", "y"),
    ]


@pytest.mark.parametrize("note", ["same", "new"])
def test_elements_of_a_large_set_keep_their_computed_values(note: str) -> None:
    prior = [rule(f"{port}", "same", f"z{port}", f"r{port}") for port in range(500)]
    random.Random(1).shuffle(prior)  # noqa: S311 - the order must be reproducible
    config = group(*(rule(f"{port}", note) for port in range(500)), name="new")
    update = planned(GROUP, group(*prior), config)
    rules = cast("list[Fields]", update["rule"])
    assert [each["id"] for each in rules] == [f"r{port}" for port in range(500)]
