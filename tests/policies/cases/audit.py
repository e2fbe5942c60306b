"""Services that record and check an account."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from policies.audit_services import GUARDDUTY_FEATURES
from policies.stack import Json, at
from tests.policies.cases.example import Bodies, Example, policy
from tests.policies.mutations import TerraformJson, add_resource, regression

Body = dict[str, Json]

CALLS: Body = {"field_selector": [{"field": "eventCategory", "equals": ["Management"]}]}
OBJECTS: Body = {
    "field_selector": [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
    ]
}
STATE_BUCKET = "arq-state-210987654321"
STATE_COPY = "arq-state-copy-210987654321"
STATE, COPY, DUMPS = f"{STATE_BUCKET}/", f"{STATE_COPY}/", "production-dumps-"


def objects(*names: str, operator: str = "starts_with", **more: Json) -> Body:
    """Return a selector of S3 objects whose ARNs begin with these names."""
    arns: list[Json] = [f"arn:aws:s3:::{name}" for name in names]
    return {
        "field_selector": [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            {"field": "resources.ARN", operator: arns, **more},
        ]
    }


READS: Body = {
    "field_selector": [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "readOnly", "equals": ["true"]},
    ]
}
TRAIL: Body = {
    "is_multi_region_trail": True,
    "enable_log_file_validation": True,
    "kms_key_id": "${aws_kms_key.it.arn}",
    "s3_bucket_name": "${aws_s3_bucket.it.id}",
    "cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.it.arn}:*",
    "advanced_event_selector": [CALLS, OBJECTS],
}
STANDARD = "standards/aws-foundational-security-best-practices/v/1.0.0"
REASON = "The security team enables it for all accounts of the organization."


def trail(**changes: Json) -> Bodies:
    return {"aws_cloudtrail.it": {**TRAIL, **changes}}


def trail_of(*selectors: Json, copies: tuple[Json, ...] = (STATE_COPY,)) -> Bodies:
    """Return a trail in a stack with a state bucket and its copy, and these selectors of data."""
    found = trail(advanced_event_selector=[CALLS, *selectors])
    output: Body = {"value": list(copies)}
    return {**found, "backend.s3": {"bucket": STATE_BUCKET}, "output.state_copy_buckets": output}


def with_standby(*names: str, region: str = "eu-central-1") -> Bodies:
    """Return a trail of objects in an account whose standby is in this region."""
    return {**trail_of(objects(*names)), "output.standby_region": {"value": region}}


def without(body: Body, name: str) -> Body:
    return {key: value for key, value in body.items() if key != name}


def locked(**retention: Json) -> Bodies:
    lock: Body = {"bucket": "${aws_s3_bucket.it.id}", "rule": {"default_retention": dict(retention)}}
    return {**trail(), "aws_s3_bucket.it": {}, "aws_s3_bucket_object_lock_configuration.it": lock}


def feature(**changes: Json) -> Bodies:
    body: Body = {"detector_id": "${aws_guardduty_detector.it.id}", "name": "S3_DATA_EVENTS"}
    return {"aws_guardduty_detector_feature.it": {**body, "status": "ENABLED", **changes}}


def inspector(*, alias: str = "", **changes: Json) -> Bodies:
    """Return an enabler, and a provider of the account with this alias."""
    address = f"provider.aws.{alias}" if alias else "provider.aws"
    provider: Body = {"allowed_account_ids": ["210987654321"], **({"alias": alias} if alias else {})}
    body: Body = {"account_ids": ["210987654321"], "resource_types": ["EC2", "ECR", "LAMBDA"], **changes}
    return {"aws_inspector2_enabler.it": body, address: provider}


def detector(*features: str, **arguments: Json) -> Bodies:
    found: Bodies = {"aws_guardduty_detector.it": dict(arguments)}
    for name in features:
        found[f"aws_guardduty_detector_feature.{name}"] = feature(name=name)[
            "aws_guardduty_detector_feature.it"
        ]
    return found


ACCOUNT_STATE: Body = {"key": "production-account.tfstate"}
BARE_ACCOUNT: Bodies = {"provider.aws": {"region": "eu-west-1"}, "backend.s3": ACCOUNT_STATE}
EVERYWHERE: Bodies = {
    "aws_accessanalyzer_analyzer.external": {"type": "ACCOUNT"},
    "aws_accessanalyzer_analyzer.unused": {"type": "ACCOUNT_UNUSED_ACCESS"},
    "aws_cloudtrail.it": TRAIL,
    "aws_config_configuration_recorder.it": {},
    "aws_guardduty_detector.it": {},
    "aws_iam_account_password_policy.it": {},
    "aws_inspector2_enabler.it": {},
    "aws_securityhub_account.it": {},
    "aws_securityhub_standards_subscription.it": {
        "standards_arn": f"arn:aws:securityhub:eu-west-1::{STANDARD}"
    },
}


def account(*missing: str, alias: str = "", managed: Json = None) -> Bodies:
    """Return an account stack. With an alias, its services are not in the region of the provider."""
    provider: Bodies = {f"provider.aws.{alias}": {"alias": alias}} if alias else {"provider.aws": {}}
    found: Bodies = {**provider, "backend.s3": ACCOUNT_STATE}
    found.update({address: body for address, body in EVERYWHERE.items() if address not in missing})
    if managed is not None:
        found["output.audit_managed_by_organization"] = {"value": managed}
    return found


CHANNEL: Body = {"depends_on": ["aws_config_configuration_recorder.it"]}
STATUS: Body = {
    "name": "${aws_config_configuration_recorder.it.name}",
    "is_enabled": True,
    "depends_on": ["aws_config_delivery_channel.it"],
}


def recorder(
    *,
    all_supported: Json = True,
    globals_: Json = True,
    mode: Body | None = None,
    channel: Body | None = CHANNEL,
    status: Body | None = STATUS,
) -> Bodies:
    group: Body = {"all_supported": all_supported, "include_global_resource_types": globals_}
    found: Bodies = {"aws_config_configuration_recorder.it": {"recording_group": group}}
    if mode is not None:
        found["aws_config_configuration_recorder.it"]["recording_mode"] = mode
    if channel is not None:
        found["aws_config_delivery_channel.it"] = channel
    if status is not None:
        found["aws_config_configuration_recorder_status.it"] = status
    return found


GLOBAL_RECORDER: Bodies = {
    "aws_config_configuration_recorder.virginia": {
        "provider": "aws.us-east-1",
        "recording_group": {"include_global_resource_types": True},
    }
}
DAILY_ROLES: Json = [{"resource_types": ["AWS::IAM::Role"], "recording_frequency": "DAILY"}]
FINDINGS: Body = {"Severity": {"Label": ["HIGH", "CRITICAL"]}}
PATTERN: Body = {
    "source": ["aws.securityhub"],
    "detail-type": ["Security Hub Findings - Imported"],
    "detail": {"findings": FINDINGS},
}
TRANSFORMATION: Body = {"namespace": "Audit", "name": "calls"}
FILTER: Body = {
    "log_group_name": "${aws_cloudwatch_log_group.it.name}",
    "pattern": "",
    "metric_transformation": {**TRANSFORMATION, "value": "1"},
}
ALARM: Body = {
    "namespace": "Audit",
    "metric_name": "calls",
    "statistic": "Sum",
    "comparison_operator": "GreaterThanThreshold",
    "threshold": 0,
    "evaluation_periods": 1,
    "alarm_actions": ["${aws_sns_topic.it.arn}"],
}
ALARM_OF_EXPRESSION: Body = {
    **without(ALARM, "metric_name"),
    "metric_query": [
        {"expression": "m * 0", "return_data": True},
        {"id": "m", "metric": {"namespace": "Audit", "metric_name": "calls"}},
    ],
}
# Alarms that one event does not bring to ALARM, or that nobody hears.
SILENT: tuple[Body, ...] = (
    ALARM_OF_EXPRESSION,
    without(ALARM, "alarm_actions"),
    {**ALARM, "actions_enabled": False},
    {**ALARM, "metric_name": "other"},
    {**ALARM, "namespace": "Other"},
    {**ALARM, "provider": "aws.us-east-1"},
    {**ALARM, "dimensions": {"Account": "1"}},
    {**ALARM, "statistic": "Average"},
    {**without(ALARM, "statistic"), "extended_statistic": "p50"},
    {**ALARM, "threshold": 1e9},
    {**ALARM, "threshold": 1},
    {**ALARM, "threshold": -1},
    {**ALARM, "comparison_operator": "LessThanThreshold"},
    {**ALARM, "comparison_operator": "GreaterThanOrEqualToThreshold"},
    {**ALARM, "evaluation_periods": 3},
    {**ALARM, "evaluation_periods": 3, "datapoints_to_alarm": 2},
)
LOUD: tuple[Body, ...] = (
    {**ALARM, "comparison_operator": "GreaterThanOrEqualToThreshold", "threshold": 1},
    {**ALARM, "statistic": "Maximum", "threshold": "0.5"},
    {**ALARM, "evaluation_periods": 3, "datapoints_to_alarm": 1},
)
# Filters that do not count a line as one.
UNCOUNTED: tuple[Body, ...] = (
    {**FILTER, "metric_transformation": {**TRANSFORMATION, "value": "0"}},
    {**FILTER, "metric_transformation": {**TRANSFORMATION, "value": "-1"}},
    {**FILTER, "metric_transformation": {**TRANSFORMATION, "value": "$.size"}},
    {**FILTER, "metric_transformation": {**TRANSFORMATION, "value": "1", "dimensions": {"R": "$.r"}}},
)
GROUP_NAME = "${aws_cloudwatch_log_group.it.name}"


def writing(
    *actions: str,
    resource: str = "${aws_cloudwatch_log_group.it.arn}:*",
    service: str = "events.amazonaws.com",
    effect: str = "Allow",
    **more: Json,
) -> Body:
    """Return a statement of a log group's policy, with the actions that EventBridge needs by default."""
    return {
        "Effect": effect,
        "Principal": {"Service": [service]},
        "Action": [*(actions or ("logs:CreateLogStream", "logs:PutLogEvents"))],
        "Resource": [resource],
        **more,
    }


def source(name: str, *, operator: str = "ArnEquals") -> Body:
    return {operator: {"aws:SourceArn": f"arn:aws:events:eu-west-1:210987654321:rule/{name}"}}


STREAMS, EVENTS = "logs:CreateLogStream", "logs:PutLogEvents"


def hub(
    *,
    pattern: Json = None,
    target: str = "${aws_cloudwatch_log_group.it.arn}",
    rule: Body | None = None,
    delivery: Body | None = None,
    statements: Sequence[Body] = (writing(),),
    alarm: Body = ALARM,
    filters: Mapping[str, Body] = {"it": FILTER},
) -> Bodies:
    """Return a hub whose findings reach an alarm. `rule` and `delivery` change the rule and its target."""
    text = json.dumps(PATTERN) if pattern is None else pattern
    named = "${aws_cloudwatch_event_rule.it.name}"
    return {
        "aws_securityhub_account.it": {},
        "aws_cloudwatch_event_rule.it": {"name": "findings", "event_pattern": text, **(rule or {})},
        "aws_cloudwatch_event_target.it": {"rule": named, "arn": target, **(delivery or {})},
        "aws_cloudwatch_log_group.it": {},
        "aws_cloudwatch_log_resource_policy.it": {"policy_document": policy(*statements)},
        **{f"aws_cloudwatch_log_metric_filter.{name}": body for name, body in filters.items()},
        "aws_cloudwatch_metric_alarm.it": alarm,
    }


def selecting(**more: Json) -> str:
    """Return a pattern with more conditions on findings."""
    return json.dumps({**PATTERN, "detail": {"findings": {**FINDINGS, **more}}})


def counting(*patterns: str) -> dict[str, Body]:
    return {f"number-{index}": {**FILTER, "pattern": each} for index, each in enumerate(patterns)}


PRODUCT = "$.detail.findings[0].ProductName"
GUARDDUTY, OTHERS = f'{{ {PRODUCT} = "GuardDuty" }}', f'{{ {PRODUCT} != "GuardDuty" }}'
BUS = "arn:aws:events:eu-west-1:210987654321:event-bus/default"


def forwarded(
    *,
    bus: str = BUS,
    home: str | None = None,
    role: str = "${aws_iam_role.it.arn}",
    account: str = "210987654321",
) -> Bodies:
    """Return a hub in us-east-1, whose findings go to a bus; `home` is the pattern of the rule behind it."""
    virginia: Body = {"provider": "aws.us-east-1"}
    findings = hub(pattern=home)
    del findings["aws_securityhub_account.it"]
    rule: Body = {"event_pattern": json.dumps(PATTERN), **virginia}
    target: Body = {
        "rule": "${aws_cloudwatch_event_rule.virginia.name}",
        "arn": bus,
        "role_arn": role,
        **virginia,
    }
    return {
        "aws_securityhub_account.virginia": virginia,
        "aws_cloudwatch_event_rule.virginia": rule,
        "aws_cloudwatch_event_target.virginia": target,
        "provider.aws": {"region": "eu-west-1", "allowed_account_ids": [account]},
        "provider.aws.us-east-1": {
            "alias": "us-east-1",
            "region": "us-east-1",
            "allowed_account_ids": [account],
        },
        **findings,
    }


DEFAULTS: Bodies = {
    "aws_ebs_encryption_by_default.it": {"enabled": True},
    "aws_ec2_instance_metadata_defaults.it": {"http_tokens": "required"},
    "aws_ebs_snapshot_block_public_access.it": {"state": "block-all-sharing"},
    "aws_ec2_image_block_public_access.it": {"state": "block-new-sharing"},
    "aws_vpc_block_public_access_options.it": {"internet_gateway_block_mode": "block-bidirectional"},
}
BUCKETS = "aws_s3_account_public_access_block.it"
NETWORK = "aws_vpc_block_public_access_options.it"


def region(
    *missing: str, provider: Body | None = None, networks: list[Json] | None = None, **changes: Json
) -> Bodies:
    """Return an account stack with one provider and all defaults of its region, except `missing`."""
    address = f"provider.aws.{provider['alias']}" if provider else "provider.aws"
    found: Bodies = {address: {"region": "eu-west-1", **(provider or {})}}
    found[BUCKETS] = {}
    found.update(
        {address: {**body, **changes} for address, body in DEFAULTS.items() if address not in missing}
    )
    if networks is not None:
        found["output.network_regions"] = {"value": networks}
    return found


def placed(place: Body, *, provider: Body | None = None) -> Bodies:
    """Return an account stack whose defaults are in another place."""
    return {
        address: {**body, **place} if address in DEFAULTS else body
        for address, body in region(provider=provider).items()
    }


ROOT, NOT_INVOKED, NO_SERVICE = (
    '$.userIdentity.type = "Root"',
    "$.userIdentity.invokedBy NOT EXISTS",
    '$.eventType != "AwsServiceEvent"',
)


def watched(pattern: str = f"{{ {ROOT} && {NOT_INVOKED} && {NO_SERVICE} }}", alarm: Body = ALARM) -> Bodies:
    return {
        **trail(),
        "aws_cloudwatch_log_group.it": {},
        "aws_cloudwatch_log_metric_filter.it": {**FILTER, "pattern": pattern},
        "aws_cloudwatch_metric_alarm.it": alarm,
    }


TAMPERING = {
    "backup": ("DeleteBackupVaultLockConfiguration",),
    "cloudtrail": (
        *("CreateTrail", "DeleteTrail", "PutEventSelectors", "StartLogging", "StopLogging", "UpdateTrail"),
    ),
    "config": (
        *("DeleteConfigurationRecorder", "DeleteDeliveryChannel", "PutConfigurationRecorder"),
        *("PutDeliveryChannel", "StopConfigurationRecorder"),
    ),
    "guardduty": ("DeleteDetector", "UpdateDetector"),
    "securityhub": ("BatchDisableStandards", "DisableSecurityHub"),
}


def calls(service: str, *names: str, more: str = "") -> str:
    """Return the pattern of these calls of a service."""
    either = " || ".join(f"($.eventName = {name})" for name in names)
    return f'{{ ($.eventSource = "{service}.amazonaws.com") && ({either}){more} }}'


def guarded(*filters: str, **changes: Body) -> Bodies:
    """Return a trail with one metric filter for each pattern."""
    found: Bodies = {**trail(), "aws_cloudwatch_log_group.it": {}, "aws_cloudwatch_metric_alarm.it": ALARM}
    found.update(
        {f"aws_cloudwatch_log_metric_filter.{name}": body for name, body in counting(*filters).items()}
    )
    return {**found, **{f"aws_cloudwatch_metric_alarm.{name}": body for name, body in changes.items()}}


ALL_CALLS = [calls(service, *names) for service, names in TAMPERING.items()]
BY_NAME = " || ".join(f'$.eventName = "{name}"' for names in TAMPERING.values() for name in names)

CRITICAL_ONLY = json.dumps({**PATTERN, "detail": {"findings": {"Severity": {"Label": ["CRITICAL"]}}}})

EXAMPLES = (
    Example(
        "CKV_ARQ_70",
        passes=(
            trail(),
            trail(enable_logging=True, include_global_service_events=True),
            trail_of(objects(STATE, COPY, DUMPS)),
            trail_of(objects(STATE), objects(COPY), objects("production-")),
            with_standby(STATE, COPY, DUMPS, "production-standby-dumps-"),
            with_standby(STATE, COPY, DUMPS, region=""),
        ),
        fails=(
            trail(is_multi_region_trail=False),
            {"aws_cloudtrail.it": without(TRAIL, "enable_log_file_validation")},
            trail(kms_key_id=None),
            trail(enable_logging=False),
            trail(include_global_service_events=False),
            trail(advanced_event_selector=[CALLS]),
            trail(advanced_event_selector=[OBJECTS]),
            trail(advanced_event_selector=[CALLS, READS]),
            trail_of(objects("logs/")),
            trail_of(objects(STATE, COPY)),
            with_standby(STATE, COPY, DUMPS),
            trail_of(objects(COPY, DUMPS)),
            trail_of(objects(STATE, DUMPS)),
            trail_of(objects(STATE, DUMPS), copies=()),
            trail_of(objects(f"{STATE}production.tfstate", COPY, DUMPS)),
            trail_of(objects(STATE, COPY, DUMPS, operator="not_starts_with")),
            trail_of(objects(STATE, COPY, DUMPS, ends_with=[".tfstate"])),
        ),
        unknown=(trail(is_multi_region_trail="${var.all}"), trail_of(objects("${var.bucket}", COPY, DUMPS))),
    ),
    Example(
        "CKV_ARQ_71",
        passes=(feature(), feature(name="RUNTIME_MONITORING")),
        fails=(feature(status="DISABLED"), feature(name="EKS_RUNTIME_MONITORING")),
        unknown=(feature(status="${var.status}"),),
    ),
    Example(
        "CKV_ARQ_72",
        passes=(
            {
                "aws_vpc_block_public_access_options.it": {
                    "internet_gateway_block_mode": "block-bidirectional"
                }
            },
        ),
        fails=(
            {"aws_vpc_block_public_access_options.it": {"internet_gateway_block_mode": "block-ingress"}},
            {"aws_vpc_block_public_access_options.it": {"internet_gateway_block_mode": "off"}},
            {"aws_vpc_block_public_access_options.it": {}},
        ),
        unknown=({"aws_vpc_block_public_access_options.it": {"internet_gateway_block_mode": "${var.mode}"}},),
    ),
    Example(
        "CKV_ARQ_73",
        passes=(
            inspector(),
            inspector(resource_types=["LAMBDA", "EC2", "ECR", "LAMBDA_CODE"]),
            inspector(account_ids=["111122223333", "210987654321"]),
            inspector(alias="us-east-1", provider="aws.us-east-1"),
        ),
        fails=(
            inspector(resource_types=["EC2", "LAMBDA"]),
            inspector(resource_types=None),
            inspector(account_ids=["999999999999"]),
            inspector(account_ids=None),
            inspector(provider="aws.us-east-1"),
        ),
        unknown=(
            inspector(resource_types="${var.types}"),
            inspector(account_ids=["${data.aws_caller_identity.it.account_id}"]),
        ),
    ),
    Example(
        "CKV_ARQ_75",
        passes=(
            {"aws_securityhub_account.it": {}},
            {"aws_securityhub_account.it": {"auto_enable_controls": True}},
        ),
        fails=({"aws_securityhub_account.it": {"auto_enable_controls": False}},),
        unknown=({"aws_securityhub_account.it": {"auto_enable_controls": "${var.on}"}},),
    ),
    Example(
        "CKV2_ARQ_20",
        passes=(locked(mode="GOVERNANCE", days=365), locked(mode="COMPLIANCE", years=1)),
        fails=(
            locked(mode="GOVERNANCE", days=30),
            locked(days=365),
            {**trail(), "aws_s3_bucket.it": {}},
        ),
        unknown=(
            trail(s3_bucket_name="bucket-of-another-account"),
            locked(mode="GOVERNANCE", days="${var.d}"),
        ),
    ),
    Example(
        "CKV2_ARQ_21",
        passes=(detector(*GUARDDUTY_FEATURES), detector(*GUARDDUTY_FEATURES, enable=True)),
        fails=(detector(*GUARDDUTY_FEATURES, enable=False), detector(), detector(*GUARDDUTY_FEATURES[1:])),
        unknown=(detector(*GUARDDUTY_FEATURES, enable="${var.on}"),),
    ),
    Example(
        "CKV2_ARQ_22",
        passes=(
            account(),
            account("aws_guardduty_detector.it", managed={"guardduty": REASON}),
            account("aws_cloudtrail.it", managed={"cloudtrail": REASON}),
        ),
        fails=(
            *(account(address) for address in EVERYWHERE),
            account(alias="us-east-1"),
            BARE_ACCOUNT,
            {"provider.aws": {}, "backend.local": {"path": "terraform.production-account.tfstate"}},
            {"provider.aws": {}, "aws_iam_role.it": {"//": {"metadata": {"path": "dev-account/r/Default"}}}},
            {"provider.aws": {}, "aws_ebs_encryption_by_default.it": {}},
            account("aws_guardduty_detector.it", managed={"guardduty": "central"}),
            account("aws_guardduty_detector.it", managed={"inspector": REASON}),
        ),
        not_applicable=({"provider.aws": {}, "backend.s3": {"key": "production.tfstate"}},),
    ),
    Example(
        "CKV2_ARQ_23",
        passes=(
            recorder(),
            recorder(mode={"recording_frequency": "CONTINUOUS"}),
            {**recorder(globals_=False), **GLOBAL_RECORDER},
        ),
        fails=(
            recorder(all_supported=False),
            recorder(globals_=False),
            recorder(mode={"recording_frequency": "DAILY"}),
            recorder(mode={"recording_frequency": "CONTINUOUS", "recording_mode_override": DAILY_ROLES}),
            recorder(channel=None),
            recorder(channel={}),
            recorder(status=None),
            recorder(status={**STATUS, "is_enabled": False}),
            recorder(status=without(STATUS, "depends_on")),
        ),
        unknown=(recorder(status={**STATUS, "is_enabled": "${var.on}"}),),
    ),
    Example(
        "CKV2_ARQ_24",
        passes=(
            hub(),
            forwarded(),
            hub(rule={"state": "ENABLED"}),
            hub(rule={"is_enabled": True}),
            *(hub(alarm=each) for each in LOUD),
            hub(statements=[writing(STREAMS), writing(EVENTS, Condition=source("findings"))]),
            hub(pattern=selecting(RecordState=["ACTIVE"], Workflow={"Status": ["NEW"]})),
            hub(filters=counting(GUARDDUTY, OTHERS)),
        ),
        fails=(
            {"aws_securityhub_account.it": {}},
            hub(pattern=CRITICAL_ONLY),
            hub(pattern="not JSON"),
            hub(pattern=json.dumps({"source": ["aws.guardduty"]})),
            hub(rule={"state": "DISABLED"}),
            hub(rule={"is_enabled": False}),
            hub(rule={"event_bus_name": "other"}),
            hub(delivery={"input": '{"text": "finding"}'}),
            hub(delivery={"input_path": "$.detail-type"}),
            hub(delivery={"input_transformer": {"input_template": '"finding"'}}),
            hub(delivery={"rule": "other", "target_id": "${aws_cloudwatch_event_rule.it.name}"}),
            hub(statements=()),
            hub(statements=[writing(EVENTS)]),
            hub(statements=[writing(STREAMS)]),
            hub(statements=[writing(service="delivery.logs.amazonaws.com")]),
            hub(statements=[writing(resource="${aws_cloudwatch_log_group.other.arn}:*")]),
            hub(statements=[writing(Condition=source("other"))]),
            hub(statements=[writing(Condition=source("findings", operator="ArnNotEquals"))]),
            hub(statements=[writing(), writing(EVENTS, effect="Deny")]),
            *(hub(alarm=each) for each in SILENT),
            *(hub(filters={"it": each}) for each in UNCOUNTED),
            hub(filters={"it": {**FILTER, "log_group_name": "other", "name": GROUP_NAME}}),
            hub(target="${aws_sqs_queue.it.arn}"),
            hub(target=BUS),
            hub(pattern=selecting(ProductName=["GuardDuty"])),
            hub(pattern=selecting(Workflow={"Status": ["NOTIFIED"]})),
            hub(pattern=json.dumps({**PATTERN, "region": ["eu-west-1"]})),
            hub(filters=counting(GUARDDUTY)),
            hub(filters=counting(GUARDDUTY, OTHERS.replace("GuardDuty", "Inspector"))),
            hub(filters=counting(GUARDDUTY.replace("detail", "d"), OTHERS.replace("detail", "d"))),
            forwarded(bus=BUS.replace("210987654321", "111122223333")),
            forwarded(bus=BUS.replace("eu-west-1", "eu-north-1")),
            forwarded(bus=BUS.replace("default", "other")),
            forwarded(home=CRITICAL_ONLY),
            forwarded(role=""),
            forwarded(account="111122223333"),
        ),
        unknown=(
            hub(alarm={**ALARM, "alarm_actions": ['${join("", var.topics)}']}),
            hub(alarm={**ALARM, "threshold": "${var.threshold}"}),
        ),
    ),
    Example(
        "CKV2_ARQ_25",
        passes=(
            watched(),
            watched(f"{{({NO_SERVICE}) && (({ROOT}) && {NOT_INVOKED})}}"),
            watched(f'{{ {ROOT} && {NOT_INVOKED} && {NO_SERVICE} || $.eventName = "StopLogging" }}'),
            watched(f"{{ $.userIdentity.type = Root && {NOT_INVOKED} && {NO_SERVICE} }}"),
        ),
        fails=(
            trail(),
            watched('{ $.errorCode = "AccessDenied" }'),
            watched(alarm={}),
            *(watched(alarm=each) for each in SILENT),
            watched(f"{{ {ROOT} }}"),
            watched(f"{{ {ROOT} && {NOT_INVOKED} }}"),
            watched(f"{{ {ROOT} || {NOT_INVOKED} || {NO_SERVICE} }}"),
            watched(f'{{ {ROOT} && {NOT_INVOKED} && {NO_SERVICE} && $.awsRegion = "eu-west-1" }}'),
            watched(f"{{ {ROOT.replace('=', '!=')} && {NOT_INVOKED} && {NO_SERVICE} }}"),
            watched(f"{{ {ROOT} && {NOT_INVOKED} && {NO_SERVICE} "),
            watched(f"{{ ({ROOT} && {NOT_INVOKED} && {NO_SERVICE} }}"),
            watched(f"{{ {ROOT} && {NOT_INVOKED} && {NO_SERVICE} NOT }}"),
            watched('"Root"'),
            watched(""),
        ),
        unknown=(watched(alarm={**ALARM, "actions_enabled": "${var.on}"}), watched("${var.pattern}")),
    ),
    Example(
        "CKV2_ARQ_27",
        passes=(
            guarded(*ALL_CALLS),
            guarded(f"{{ {BY_NAME} }}"),
            guarded(
                f"{{ {BY_NAME} || ($.eventSource = sns.amazonaws.com && "
                '$.requestParameters.topicArn = "arn:aws:sns:*") }'
            ),
        ),
        fails=(
            trail(),
            guarded(),
            *(guarded(*ALL_CALLS[:index], *ALL_CALLS[index + 1 :]) for index in range(len(ALL_CALLS))),
            guarded(*ALL_CALLS[1:], calls("config", *TAMPERING["backup"])),
            guarded(*ALL_CALLS[1:], calls("backup", *TAMPERING["backup"], more=" && $.errorCode NOT EXISTS")),
            guarded(*ALL_CALLS[1:], ALL_CALLS[0].replace("$.eventName =", "$.eventName !=")),
            guarded(f"{{ {BY_NAME} }}", it={}),
        ),
        unknown=(guarded(*ALL_CALLS[1:], "${var.pattern}"),),
    ),
    Example(
        "CKV2_ARQ_26",
        passes=(
            region(),
            region(NETWORK, networks=["eu-west-1"]),
            placed({"provider": "aws.west"}, provider={"alias": "west"}),
        ),
        fails=(
            *(region(address) for address in DEFAULTS),
            {address: body for address, body in region().items() if address != BUCKETS},
            BARE_ACCOUNT,
            region(NETWORK, networks=["us-east-1"]),
            region(provider={"alias": "west"}),
            placed({"region": "us-east-1"}),
            region(enabled=False),
            region(http_tokens="optional"),
            region(state="unblocked"),
        ),
        unknown=(region(http_tokens="${var.tokens}"),),
        not_applicable=({"provider.aws": {"region": "eu-west-1"}},),
    ),
)


def trail_into_a_bucket(document: TerraformJson) -> Body:
    """Return a trail whose files are in the first bucket of a stack, which has no lock."""
    name = min(cast("dict[str, Json]", at(document, "resource.aws_s3_bucket")))
    return {**TRAIL, "s3_bucket_name": f"${{aws_s3_bucket.{name}.id}}"}


def own_provider(_: TerraformJson) -> str:
    return "provider.aws"


def account_without_defaults(document: TerraformJson) -> str:
    """Make a stack one of an account: then its region needs all defaults."""
    return add_resource("aws_s3_account_public_access_block", lambda _: {}, reported_at=own_provider)(
        document
    )


REGRESSIONS = (
    regression("region without defaults of the account", account_without_defaults, "CKV2_ARQ_26"),
    regression(
        "trail whose files can be deleted", add_resource("aws_cloudtrail", trail_into_a_bucket), "CKV2_ARQ_20"
    ),
    regression(
        "root user whom nobody watches", add_resource("aws_cloudtrail", lambda _: TRAIL), "CKV2_ARQ_25"
    ),
    regression(
        "calls against the audit that nobody watches",
        add_resource("aws_cloudtrail", lambda _: TRAIL),
        "CKV2_ARQ_27",
    ),
    regression(
        "trail of one region",
        add_resource("aws_cloudtrail", lambda _: {**TRAIL, "is_multi_region_trail": False}),
        "CKV_ARQ_70",
    ),
    regression(
        "runtime monitoring that excludes the other",
        add_resource(
            "aws_guardduty_detector_feature",
            lambda _: feature(name="EKS_RUNTIME_MONITORING")["aws_guardduty_detector_feature.it"],
        ),
        "CKV_ARQ_71",
    ),
    regression(
        "internet for networks that nobody needs",
        add_resource("aws_vpc_block_public_access_options", lambda _: {"internet_gateway_block_mode": "off"}),
        "CKV_ARQ_72",
    ),
    regression(
        "images that nobody scans again",
        add_resource("aws_inspector2_enabler", lambda _: {"resource_types": ["EC2"]}),
        "CKV_ARQ_73",
    ),
    regression(
        "detector without features",
        add_resource("aws_guardduty_detector", lambda _: {"enable": True}),
        "CKV2_ARQ_21",
    ),
    regression(
        "account that nothing records",
        add_resource("aws_ebs_encryption_by_default", lambda _: {"enabled": True}, reported_at=own_provider),
        "CKV2_ARQ_22",
    ),
    regression(
        "recorder that never starts",
        add_resource("aws_config_configuration_recorder", lambda _: {"role_arn": "arn:aws:iam::1:role/r"}),
        "CKV2_ARQ_23",
    ),
    regression(
        "hub that ignores new controls",
        add_resource("aws_securityhub_account", lambda _: {"auto_enable_controls": False}),
        "CKV_ARQ_75",
    ),
    regression(
        "findings that only the console shows",
        add_resource("aws_securityhub_account", lambda _: {}),
        "CKV2_ARQ_24",
    ),
)
