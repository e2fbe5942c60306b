"""Settings that programs with an end have in common."""

from collections.abc import Mapping

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.values import LiteralText
from constructs_arq.services.config_map import VariableName
from constructs_arq.services.image import ImageDigest
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.secret_files import SecretFile


class JobConfig(Config):
    """Settings of a job that an environment can vary."""

    image: ImageDigest = Field(description="Digest of the image in the repository of the environment.")
    arguments: tuple[LiteralText, ...] = Field(default=(), description="Arguments of the image's program.")
    resources: PodResources
    retries: int = Field(default=2, ge=0, le=10, description="Attempts after the first one that failed.")
    deadline_seconds: int = Field(
        default=900, ge=10, le=86_400, description="Time for all attempts. Then the job has failed."
    )
    environment: Mapping[VariableName, LiteralText] = Field(
        default_factory=dict, description="More environment variables. Those that the stack sets are refused."
    )
    secrets: tuple[SecretFile, ...] = Field(default=(), description="Files in /etc/secrets.")
