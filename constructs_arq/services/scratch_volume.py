"""Volumes that exist as long as their pod."""

from dataclasses import dataclass

from constructs_arq.kubernetes.storage_class import StorageClass

SCRATCH_FOLDER = "/scratch"
"""The folder of the volume."""


@dataclass(frozen=True, kw_only=True)
class ScratchVolume:
    """An encrypted volume for files that are too large for the disk of a node.

    https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
    """

    storage_class: StorageClass
    gib: int
