"""The committed digests of the images that each environment runs, from image_digests.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.services.image import ImageDigest

_FILE = Path(__file__).with_suffix(".toml")
_FIX = "Add the digest that the push printed."


class ImageDigests(Config):
    """The digests of the images of one environment, by the name of the image."""

    digests: Mapping[str, ImageDigest]

    def find(self, image: str) -> ImageDigest:
        """Return the digest of an image.

        Raises:
            ConfigError: if there is none.
        """
        if image not in self.digests:
            names = ", ".join(self.digests) or "none"
            problem = Problem(image, "must have a digest in each environment", f"digests of {names}", _FIX)
            raise ConfigError("environments/image_digests.toml", [problem])
        return self.digests[image]


def find_image_digests(environment: str) -> ImageDigests:
    """Return the digests that are committed for an environment.

    Raises:
        ConfigError: with every invalid digest, and every image that only another environment has.
    """
    tables = _read_tables()
    digests = tables.get(environment, {})
    names = sorted({name for table in tables.values() for name in table} - digests.keys())
    if names:
        raise ConfigError(
            "environments/image_digests.toml",
            [Problem(f"{environment}.{name}", "is required", "", _FIX) for name in names],
        )
    return ImageDigests(digests=digests)


@cache
def _read_tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
