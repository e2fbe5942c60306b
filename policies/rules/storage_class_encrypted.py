"""Encryption of the volumes of pods."""

from policies.rule import rule
from policies.stack import Block, Stack, at
from policies.verdict import Verdict, all_pass, is_set, is_true


@rule(
    id="CKV_ARQ_46",
    severity="HIGH",
    on=("kubernetes_storage_class_v1", "kubernetes_storage_class"),
    why="Volumes of pods contain data, such as metrics and logs. By default the driver doesn't encrypt them.",
    link="https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.50.0/docs/parameters.md",
)
def storage_class_encrypted(storage_class: Block, _: Stack) -> Verdict:
    """Storage classes must encrypt volumes with a customer key: set the parameters encrypted and kmsKeyId."""
    parameters = at(storage_class.body, "parameters")
    if not isinstance(parameters, dict):
        return Verdict.FAIL
    return all_pass([is_true(parameters.get("encrypted")), is_set(parameters.get("kmsKeyId"))])
