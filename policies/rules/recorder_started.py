"""AWS Config's recorder."""

from policies.audit_services import depends_on, in_region_of
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_one_of, is_true, pass_if


@rule(
    id="CKV2_ARQ_23",
    severity="MEDIUM",
    on=("aws_config_configuration_recorder",),
    why="A recorder records nothing until it is started, and AWS starts none without a delivery channel.",
    link="https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html",
)
def recorder_started(recorder: Block, stack: Stack) -> Verdict:
    """Config must record all types and be started: add a channel, and a status that depends on it.

    It records each change, not one state a day. A recorder of the stack includes global types.
    """
    channels = [
        each
        for each in in_region_of(recorder, stack, "aws_config_delivery_channel")
        if depends_on(each, recorder)
    ]
    statuses = [
        each
        for each in in_region_of(recorder, stack, "aws_config_configuration_recorder_status")
        if recorder.address in each.references and depends_on(each, *channels)
    ]
    return all_pass(
        [
            is_true(recorder.get("recording_group.all_supported")),
            any_passes(
                is_true(each.get("recording_group.include_global_resource_types"))
                for each in stack.of_type("aws_config_configuration_recorder")
            ),
            all_pass(_records_changes(each) for each in recorder.blocks("recording_mode")),
            pass_if(bool(channels) and bool(statuses)),
            *(is_true(each.get("is_enabled")) for each in statuses),
        ]
    )


def _records_changes(mode: Json) -> Verdict:
    """Pass a mode that is continuous, also for the types of its override."""
    overrides = as_list(at(mode, "recording_mode_override"))
    return all_pass(is_one_of(at(each, "recording_frequency"), ["CONTINUOUS"]) for each in (mode, *overrides))
