"""Reads grants that are no policies: KMS, Lambda, EventBridge, EKS access entries."""

from collections.abc import Iterator

from arqctl.plan.access.permission import ChangeSide, Condition, Kind, Permission, Reader


def _grant(side: ChangeSide, who: str, what: str, on: str, condition: Condition = frozenset()) -> Permission:
    return Permission(Kind.GRANT, side.scope(f"{who} on {on}"), who, what, on, condition)


def _clause(operator: str, key: str, value: str) -> Condition:
    return frozenset({(operator, key, frozenset({value}))}) if value else frozenset()


def _kms(side: ChangeSide) -> Iterator[Permission]:
    who, key = side.values.text("grantee_principal"), side.values.text("key_id")
    constraints = [str(block.text("encryption_context_equals") or block.text("encryption_context_subset"))
                   for block in side.values.blocks("constraints")]  # fmt: skip
    condition = _clause("has", "encryption context", "; ".join(sorted(constraints)))
    for operation in side.values.texts("operations"):
        yield _grant(side, who, f"kms:{operation}", key, condition)


def _lambda(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    condition = (
        _clause("ArnLike", "aws:sourcearn", values.text("source_arn"))
        | _clause("StringEquals", "aws:sourceaccount", values.text("source_account"))
        | _clause("StringEquals", "aws:principalorgid", values.text("principal_org_id"))
        | _clause("StringEquals", "lambda:functionurlauthtype", values.text("function_url_auth_type"))
    )
    on = f"function {values.text('function_name')}"
    yield _grant(side, values.text("principal"), values.text("action"), on, condition)


def _event_bus(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    condition: Condition = frozenset()
    for block in values.blocks("condition"):
        condition |= _clause(block.text("type"), block.text("key").lower(), block.text("value"))
    on = f"event bus {values.text('event_bus_name') or 'default'}"
    yield _grant(side, values.text("principal"), values.text("action") or "events:PutEvents", on, condition)


def _layer(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    condition = _clause("StringEquals", "aws:principalorgid", values.text("organization_id"))
    yield _grant(
        side, values.text("principal"), values.text("action"), f"layer {values.text('layer_name')}", condition
    )


def _eks_entry(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    who, cluster = values.text("principal_arn"), values.text("cluster_name")
    yield _grant(side, who, "sign in", f"cluster {cluster}")
    for group in (
        ()
        if side.is_created and values.is_unknown("kubernetes_groups")
        else values.texts("kubernetes_groups")
    ):
        yield _grant(side, who, f"all that Kubernetes group {group} may", f"cluster {cluster}")


def _eks_policy(side: ChangeSide) -> Iterator[Permission]:
    values = side.values
    who, cluster = values.text("principal_arn"), values.text("cluster_name")
    what = f"policy {values.text('policy_arn')}"
    for scope in values.blocks("access_scope"):
        namespaces = scope.texts("namespaces") if scope.text("type") == "namespace" else ["*"]
        for namespace in namespaces:
            yield Permission(
                Kind.GRANT,
                side.scope(f"{who} on {cluster}"),
                who,
                what,
                f"namespace {namespace} of cluster {cluster}",
            )


READERS: dict[str, Reader] = {
    "aws_kms_grant": _kms,
    "aws_cloudwatch_event_permission": _event_bus,
    "aws_lambda_permission": _lambda,
    "aws_lambda_layer_version_permission": _layer,
    "aws_eks_access_entry": _eks_entry,
    "aws_eks_access_policy_association": _eks_policy,
}
