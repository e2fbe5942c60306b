"""Contents of a trail."""

from policies.environment import stack_name
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_expression, is_one_of, is_set, is_true, pass_if

_ARN = "resources.ARN"
# audit_account writes it: no resource of the account's stack names the copies of the state.
_COPIES_OUTPUT = "state_copy_buckets"
# The library's account stack writes it. Without a standby, it is empty.
_STANDBY_OUTPUT = "standby_region"


@rule(
    id="CKV_ARQ_70",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="An attacker uses the region that no trail records, or changes log files that nobody can verify.",
    link="https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
)
def trail_complete(trail: Block, stack: Stack) -> Verdict:
    """Trails must record all regions, all calls, and objects with state and backups, and be verifiable.

    Set validation and a key. The objects are those of the backend's bucket, of its copies in the output
    state_copy_buckets, and of ENV-dumps- buckets. If the output standby_region has a value, those of
    ENV-standby-dumps- too.
    """
    selectors = trail.blocks("advanced_event_selector")
    return all_pass(
        [
            is_true(trail.get("is_multi_region_trail")),
            is_true(trail.get("enable_log_file_validation")),
            is_set(trail.get("kms_key_id")),
            _is_not_off(trail.get("enable_logging")),
            _is_not_off(trail.get("include_global_service_events")),
            any_passes(_selects_all_calls(each) for each in selectors),
            pass_if(not _backends(stack) or bool(_copies(stack))),
            *(
                any_passes(_selects_objects(each, name) for each in selectors)
                for name in _buckets(trail, stack)
            ),
        ]
    )


def _is_not_off(value: Json) -> Verdict:
    return Verdict.PASS if value is None else is_true(value)


def _selects_all_calls(selector: Json) -> Verdict:
    """Pass a selector of management events without another field, such as `readOnly`."""
    fields = _fields(selector)
    return all_pass([pass_if(len(fields) == 1), _equals(fields, "eventCategory", "Management")])


def _buckets(trail: Block, stack: Stack) -> list[str]:
    """Return the starts of the names of objects that the trail must record."""
    environment = stack_name(trail).removesuffix("-account")
    states = [each.get("bucket") for each in _backends(stack)]
    environments = [environment, f"{environment}-standby"] if _has_standby(stack) else [environment]
    return [
        *(f"{each}/" for each in (*states, *_copies(stack))),
        *(f"{each}-dumps-" for each in environments),
    ]


def _has_standby(stack: Stack) -> bool:
    return bool(at(stack.outputs.get(_STANDBY_OUTPUT), "value"))


def _backends(stack: Stack) -> list[Block]:
    return [each for each in stack.blocks.values() if each.kind == "backend" and each.type == "s3"]


def _copies(stack: Stack) -> list[Json]:
    """Return the buckets with copies of the state in the backup region."""
    return as_list(at(stack.outputs.get(_COPIES_OUTPUT), "value"))


def _selects_objects(selector: Json, name: str) -> Verdict:
    """Pass a selector of reads and writes of all objects whose bucket and key begin with the name."""
    fields = _fields(selector)
    known = ("eventCategory", "resources.type", _ARN)
    prefixes = [each for each in fields if at(each, "field") == _ARN]
    return all_pass(
        [
            _equals(fields, "eventCategory", "Data"),
            _equals(fields, "resources.type", "AWS::S3::Object"),
            pass_if(all(at(each, "field") in known for each in fields)),
            *(any_passes(_covers(start, name) for start in _starts(each)) for each in prefixes),
        ]
    )


def _starts(field: Json) -> list[Json]:
    """Return the prefixes of a field. Another operator selects fewer objects."""
    only_starts = isinstance(field, dict) and set(field) == {"field", "starts_with"}
    return as_list(at(field, "starts_with")) if only_starts else []


def _covers(start: Json, name: str) -> Verdict:
    if is_expression(start):
        return Verdict.UNKNOWN
    return pass_if(isinstance(start, str) and name.startswith(start.partition(":::")[2]) and ":::" in start)


def _equals(fields: list[Json], name: str, value: str) -> Verdict:
    return any_passes(
        is_one_of(item, [value])
        for each in fields
        if at(each, "field") == name
        for item in as_list(at(each, "equals"))
    )


def _fields(selector: Json) -> list[Json]:
    return as_list(at(selector, "field_selector"))
