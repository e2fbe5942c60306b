"""Warnings about versions whose standard support ends soon."""

from cdktf import Annotations
from constructs import Construct

from policies.lifecycle import Product, end_of_support_warning


def warn_before_support_ends(construct: Construct, product: Product, version: str) -> None:
    """Annotate a construct with a warning if AWS soon ends standard support of its version.

    `cdktf` prints the warning at every synthesis, and the gate's report includes it. Policy rules fail the
    version after that date.
    """
    warning = end_of_support_warning(product, version)
    if warning:
        Annotations.of(construct).add_warning(warning)
