"""Contents of a trail."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_one_of, is_set, is_true, pass_if


@rule(
    id="CKV_ARQ_70",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="An attacker uses the region that no trail records, or changes log files that nobody can verify.",
    link="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
)
def trail_complete(trail: Block, _: Stack) -> Verdict:
    """Trails must record all regions, all calls and S3 objects, with validation and a key: set them all."""
    selectors = trail.blocks("advanced_event_selector")
    return all_pass(
        [
            is_true(trail.get("is_multi_region_trail")),
            is_true(trail.get("enable_log_file_validation")),
            is_set(trail.get("kms_key_id")),
            _is_not_off(trail.get("enable_logging")),
            _is_not_off(trail.get("include_global_service_events")),
            any_passes(_selects_all_calls(each) for each in selectors),
            any_passes(_selects_objects(each) for each in selectors),
        ]
    )


def _is_not_off(value: Json) -> Verdict:
    return Verdict.PASS if value is None else is_true(value)


def _selects_all_calls(selector: Json) -> Verdict:
    """Pass a selector of management events without another field, such as `readOnly`."""
    fields = _fields(selector)
    return all_pass([pass_if(len(fields) == 1), _equals(fields, "eventCategory", "Management")])


def _selects_objects(selector: Json) -> Verdict:
    fields = _fields(selector)
    reads_and_writes = pass_if(all(at(each, "field") != "readOnly" for each in fields))
    return all_pass(
        [
            _equals(fields, "eventCategory", "Data"),
            _equals(fields, "resources.type", "AWS::S3::Object"),
            reads_and_writes,
        ]
    )


def _equals(fields: list[Json], name: str, value: str) -> Verdict:
    return any_passes(
        is_one_of(item, [value])
        for each in fields
        if at(each, "field") == name
        for item in as_list(at(each, "equals"))
    )


def _fields(selector: Json) -> list[Json]:
    return as_list(at(selector, "field_selector"))
