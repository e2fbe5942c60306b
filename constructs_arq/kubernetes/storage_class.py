"""Storage classes: the EBS volumes of pods."""

from typing import Final

from cdktf_cdktf_provider_kubernetes.storage_class_v1 import StorageClassV1, StorageClassV1Metadata
from constructs import Construct

from constructs_arq.core.backup_tags import NoBackup, backup_tags
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack

_SHORT_LIVED: Final = NoBackup("Its data expires or exists elsewhere too")


class StorageClass(Construct):
    """Encrypted gp3 volumes in the zone of their pod. They can grow, and end with their claim.

    `key` encrypts the volumes, and the EBS CSI driver must be allowed to use it. The volumes have the tags of
    the stack, and that of `backup`: AWS Backup of this library backs up no volumes. `mib_per_second` is the
    throughput, at least 125, which AWS includes.
    https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.50.0/docs/parameters.md
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: EncryptionKey,
        backup: NoBackup = _SHORT_LIVED,
        mib_per_second: int | None = None,
    ) -> None:
        super().__init__(scope, id)
        tags = enumerate(sorted((Stack.of(self).common_tags | backup_tags(backup)).items()), start=1)
        resource = StorageClassV1(
            self,
            "Default",
            metadata=StorageClassV1Metadata(name=id),
            storage_provisioner="ebs.csi.aws.com",
            reclaim_policy="Delete",
            # A volume before its pod could be in a zone without a node for the pod.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": key.arn,
                **({"throughput": str(mib_per_second)} if mib_per_second else {}),
                **{f"tagSpecification_{number}": f"{tag}={value}" for number, (tag, value) in tags},
            },
        )
        # A reference, so that Terraform creates the class before the claims.
        self.name: str = resource.metadata.name
