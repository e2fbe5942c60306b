"""The offline provider: joins schemas, planning, published AWS facts and the simulated account."""

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from arqctl.offline import kubernetes
from arqctl.offline.aws import data_sources
from arqctl.offline.aws.account import Account, account_from_config, default_tags_from_config
from arqctl.offline.aws.checks import (
    PlannedResources,
    Resource,
    check_apply,
    check_config,
    check_create,
    check_delete,
    check_plan,
    check_update,
)
from arqctl.offline.aws.computed_attributes import compute_attribute
from arqctl.offline.aws.deletion_protection import protection_warnings
from arqctl.offline.aws.ids import identity, merge_tags, predict
from arqctl.offline.aws.instance_changes import changed_instance
from arqctl.offline.aws.log_deliveries import observed_policy
from arqctl.offline.aws.outside_changes import check_source, find_instance, observe_instance
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.service_linked_roles import attributes_in_id
from arqctl.offline.aws.simulations import Simulations
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Facts
from arqctl.offline.notice import SIMULATED
from arqctl.offline.planning.apply import apply
from arqctl.offline.planning.groups import groups_of
from arqctl.offline.planning.imports import imported_state
from arqctl.offline.planning.plan import Change, plan
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.planning.validation import validate_arguments, validate_groups
from arqctl.offline.private_state import PrivateState
from arqctl.offline.protocol.provider import ApplyResult, PlanResult, ReadResult, StoredState
from arqctl.offline.redaction import redact_state
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.values import Value

# Attributes of our resource types that real providers recompute on every change.
_RECOMPUTED = frozenset({"latest_version", "tags_all", "version_id"})


class OfflineProvider:
    """Simulates one provider for Terraform, and rejects what AWS would definitely refuse."""

    def __init__(self, schemas: Schemas, facts: PublishedFacts, store: ResourceStore) -> None:
        """Simulate the provider with these schemas and facts on the account in `store`."""
        self._schemas = schemas
        self._facts = facts
        self._store = store
        self._simulations = Simulations(store)
        self._planned_resources = PlannedResources()
        self._account = Account()
        self._default_tags: Mapping[str, Value] = {}

    def schema_response(self) -> bytes:
        """Return the encoded response to GetProviderSchema."""
        return self._schemas.response

    def configuration_schema(self) -> Block:
        """Return the provider block's schema."""
        return self._schemas.configuration

    def resource_schema(self, type_name: str) -> Block:
        """Return a resource type's schema. Raises KeyError for an unknown type."""
        return self._schemas.resource(type_name)

    def data_source_schema(self, type_name: str) -> Block:
        """Return a data source's schema. Raises KeyError for an unknown type."""
        return self._schemas.data_source(type_name)

    def validate_configuration(self, _config: Value, /) -> tuple[Diagnostic, ...]:
        """Return no problems: Terraform's check of the schema is sufficient."""
        return ()

    def validate_resource(self, type_name: str, config: Value) -> tuple[Diagnostic, ...]:
        """Return the problems of a resource's known arguments."""
        block, facts, given = self.resource_schema(type_name), self._facts_of(type_name), _fields(config)
        return (
            *validate_arguments(block, given),
            *validate_groups(block, groups_of(type_name), given, facts),
            *self._facts.check(type_name, block, given),
            *check_config(type_name, given),
            *kubernetes.check_object(type_name, given),
        )

    def validate_data_source(self, _type_name: str, _config: Value, /) -> tuple[Diagnostic, ...]:
        """Return no problems: Terraform's check of the schema is sufficient."""
        return ()

    def configure(self, config: Value) -> tuple[Diagnostic, ...]:
        """Take account, region and default tags from the provider block; warn that results are simulated."""
        fields = _fields(config)
        self._account = account_from_config(fields)
        self._default_tags = default_tags_from_config(fields)
        return (SIMULATED,)

    def upgrade(self, _type_name: str, stored: StoredState, /) -> ReadResult:
        """Return the state unchanged: extracted schemas have one version."""
        return ReadResult(stored.state, stored.private)

    def move(self, type_name: str, stored: StoredState) -> ReadResult:
        """Return the attributes that a moved resource's old and new type have in common."""
        block, state = self.resource_schema(type_name), _fields(stored.state)
        return ReadResult(
            imported_state(block, str(state.get("id")), state), PrivateState(imported=True).encode()
        )

    def read_resource(self, type_name: str, state: Value, private: bytes) -> ReadResult:
        """Return Terraform's state, with what others change: bucket policies and database instances."""
        fields = _fields(state)
        account, block = self._account.for_resource(fields), self.resource_schema(type_name)
        if type_name == "aws_s3_bucket_policy":
            fields = {**fields, "policy": observed_policy(fields, self._store, account)}
        if type_name == "aws_db_instance":
            observed = observe_instance(fields, self._store, account)
            if observed is None:
                return ReadResult(None)
            fields = observed
        self._store.mark_in_state(account, type_name, identity(fields), redact_state(block, fields))
        self._planned_resources.add_planned(Resource(type_name, fields, account))
        return ReadResult(fields, private)

    def plan(
        self,
        type_name: str,
        *,
        prior: Value,
        proposed: Value,  # noqa: ARG002 - Terraform core's merge, which uses less of the schema
        config: Value,
        private: bytes,
    ) -> PlanResult:
        """Plan a resource's change from its configuration."""
        if config is None:
            return PlanResult(None, diagnostics=protection_warnings(_fields(prior)))
        block, given = self.resource_schema(type_name), _fields(config)
        change = self._change(type_name, block, prior if isinstance(prior, dict) else None, given, private)
        resource = Resource(type_name, change.planned or {}, self._account.for_resource(given))
        if change.requires_replace:
            kubernetes.forget_replaced(self._planned_resources, type_name, identity(_fields(prior)))
            return PlanResult(change.planned, change.requires_replace, private)
        found = (
            *check_plan(resource, given, self._planned_resources),
            *kubernetes.check_duplicate_object(resource, self._planned_resources),
            *self._facts.check(type_name, block, given, self._account.for_resource(given).region),
        )
        self._planned_resources.add_planned(resource)
        return PlanResult(change.planned, (), private, found)

    def apply(
        self, type_name: str, *, prior: Value, planned: Value, config: Value, private: bytes
    ) -> ApplyResult:
        """Create, update or delete a resource as planned."""
        if planned is None:
            return self._delete(type_name, _fields(prior), private)
        values, given = _fields(planned), _fields(config)
        account = self._account.for_resource(values)
        if problems := check_apply(Resource(type_name, values, account), self._store):
            return ApplyResult(prior, private, tuple(problems))
        if prior is not None:
            before, after = (Resource(type_name, each, account) for each in (_fields(prior), values))
            problems = [*check_update(before, after, self._store), *check_source(after, self._store)]
            if problems:
                return ApplyResult(prior, private, tuple(problems))
            return self._save(type_name, _fields(prior), values, given, PrivateState.decode(private).ordinal)
        resource = Resource(type_name, values, account)
        with changed_instance(resource, self._store, apply=os.getppid()) as unavailable:
            missing = kubernetes.check_namespace_exists(resource, self._store)
            if problems := [*filter(None, [unavailable]), *check_create(resource, self._store), *missing]:
                return ApplyResult(None, diagnostics=tuple(problems))
            ordinal = self._simulations.reserve(type_name, given, values, account)
            return self._save(type_name, {}, values, given, ordinal)

    def _save(
        self, type_name: str, prior: Fields, values: Fields, given: Fields, ordinal: int
    ) -> ApplyResult:
        """Compute and store the attributes of a created or updated resource."""
        block, account = self.resource_schema(type_name), self._account.for_resource(values)
        simulation = replace(self._simulations.make(type_name, given, values, account, ordinal), prior=prior)
        state = apply(block, values, partial(compute_attribute, simulation))
        self._store.save(account, type_name, identity(state), redact_state(block, state))
        self._planned_resources.mark_applied(Resource(type_name, state, account))
        return ApplyResult(state, PrivateState(ordinal).encode())

    def import_resource(self, type_name: str, id: str) -> ReadResult:
        """Return the stored resource with this id, or else a state with only the id."""
        known = self._store.find(self._account, type_name, id)
        if known is None and type_name == "aws_db_instance":
            # Its import takes the identifier, which is not its id.
            known = find_instance(self._store, self._account, id)
        attributes = known.state if known else attributes_in_id(type_name, id)
        state = imported_state(self.resource_schema(type_name), id, attributes)
        return ReadResult(state, PrivateState(imported=True).encode())

    def read_data_source(self, type_name: str, config: Value) -> ReadResult:
        """Return a data source's arguments and the attributes that it found or computed."""
        block = self.data_source_schema(type_name)
        state, problems = data_sources.read_data_source(
            type_name, block, _fields(config), self._account, self._store, self._default_tags
        )
        return ReadResult(None if problems else state, diagnostics=tuple(problems))

    def _delete(self, type_name: str, prior: Fields, private: bytes) -> ApplyResult:
        account, name = self._account.for_resource(prior), identity(prior)
        if problems := check_delete(Resource(type_name, prior, account), self._store):
            return ApplyResult(prior, private, tuple(problems))
        self._store.remove(account, type_name, name)
        self._planned_resources.remove(type_name, name)
        return ApplyResult(None)

    def _change(
        self, type_name: str, block: Block, prior: Fields | None, config: Fields, private: bytes
    ) -> Change:
        predicted = self._predicted(type_name, block, config) if prior is None else {}
        if "tags_all" in block.attributes:
            predicted["tags_all"] = merge_tags(config.get("tags"), self._default_tags)
        return plan(
            block,
            prior=prior,
            config=config,
            predicted=predicted,
            recomputed=_RECOMPUTED,
            facts=self._facts_of(type_name),
            imported=PrivateState.decode(private).imported,
        )

    def _facts_of(self, type_name: str) -> Facts:
        return kubernetes.immutable_facts(type_name) or self._facts.of(type_name)

    def _predicted(self, type_name: str, block: Block, config: Fields) -> dict[str, Value]:
        """Return predicted values of a new resource's computed attributes."""
        values = plan(block, prior=None, config=config).planned or {}
        return predict(
            self._simulations.make(type_name, config, values, self._account.for_resource(config), None), block
        )


def _fields(value: Value) -> Fields:
    return value if isinstance(value, dict) else {}
