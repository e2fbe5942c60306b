"""The committed digests of the images that each environment runs, from image_digests.toml."""

import tomllib
from pathlib import Path

from constructs_arq.core.config import Config
from constructs_arq.services.image import ImageDigest

_FILE = Path(__file__).with_suffix(".toml")


class ImageDigests(Config):
    """The digests of the images of one environment."""

    api: ImageDigest
    migrator: ImageDigest


def find_image_digests(environment: str) -> ImageDigests:
    """Return the digests that are committed for an environment.

    Raises:
        ConfigError: with every missing or invalid digest.
    """
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return ImageDigests(**table.get(environment, {}))
