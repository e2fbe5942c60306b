"""Quantities of CPU and memory. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/."""

import re

_CPU = re.compile(r"(?P<cores>\d+)|(?P<millicores>\d+)m")
_MEMORY = re.compile(r"(?P<number>\d+)(?P<unit>Mi|Gi)")
_MIB = {"Mi": 1, "Gi": 1024}


def millicores(cpu: str) -> int:
    """Return a quantity of CPU such as `250m` or `2` in thousandths of a core.

    Raises:
        ValueError: for other forms.
    """
    match = _CPU.fullmatch(cpu)
    if match is None:
        raise ValueError(f"{cpu!r} is not a quantity of CPU. Write it like 250m or 2.")
    return int(match["millicores"] or 0) + 1000 * int(match["cores"] or 0)


def mebibytes(memory: str) -> int:
    """Return a quantity of memory such as `256Mi` or `1Gi` in MiB.

    Raises:
        ValueError: for other forms.
    """
    match = _MEMORY.fullmatch(memory)
    if match is None:
        raise ValueError(f"{memory!r} is not a quantity of memory. Write it like 256Mi or 1Gi.")
    return int(match["number"]) * _MIB[match["unit"]]
