"""Warnings about versions whose support ends soon."""

from cdktf import Annotations
from constructs import Construct

from constructs_arq.platform.support_matrix import Chart, find_release
from policies.lifecycle import Product, end_of_chart_support_warning, end_of_support_warning


def warn_before_support_ends(construct: Construct, product: Product, version: str) -> None:
    """Annotate a construct with a warning if AWS soon ends standard support of its version.

    `cdktf` prints the warning at every synthesis, and the gate's report includes it. Policy rules fail the
    version after that date.
    """
    warning = end_of_support_warning(product, version)
    if warning:
        Annotations.of(construct).add_warning(warning)


def warn_before_chart_support_ends(construct: Construct) -> None:
    """Annotate a construct with a warning for each chart of the matrix whose release leaves support soon."""
    for chart in Chart:
        warning = end_of_chart_support_warning(chart, find_release(chart).version)
        if warning:
            Annotations.of(construct).add_warning(warning)
