"""Replication of container images to another region."""

from cdktf_cdktf_provider_aws.ecr_replication_configuration import (
    EcrReplicationConfiguration,
    EcrReplicationConfigurationReplicationConfiguration,
    EcrReplicationConfigurationReplicationConfigurationRule,
    EcrReplicationConfigurationReplicationConfigurationRuleDestination,
    EcrReplicationConfigurationReplicationConfigurationRuleRepositoryFilter,
)
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.storage.image_repository import ImageRepository, ImageRepositoryConfig


class ImageReplication(Construct):
    """The repository `name` in `region`, and the setting of the registry that copies images to it.

    A registry has one such setting for the whole account and region, so an account must have this construct
    once. It also decides who gets images, so it belongs to a stack that delivery roles can't change. The copy
    exists before the setting: otherwise ECR would create it, without its key and lifecycle.

    ECR copies what is pushed after this, usually within minutes. Push images again that are older.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, region: str, config: ImageRepositoryConfig
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        if region == stack.region:
            raise ConstructError(
                self.node.path, f"must copy images to another region than {region}", fix="Use another region."
            )
        copy = ImageRepository(self, "copy", config=config, name=name, region=region)
        EcrReplicationConfiguration(
            self,
            "Default",
            replication_configuration=EcrReplicationConfigurationReplicationConfiguration(
                rule=[
                    EcrReplicationConfigurationReplicationConfigurationRule(
                        destination=[
                            EcrReplicationConfigurationReplicationConfigurationRuleDestination(
                                region=region, registry_id=stack.account_id
                            )
                        ],
                        repository_filter=[
                            EcrReplicationConfigurationReplicationConfigurationRuleRepositoryFilter(
                                filter=name, filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
            depends_on=[copy.resource],
        )
