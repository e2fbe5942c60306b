"""Quantities of CPU and memory as numbers."""

import pytest

from constructs_arq.kubernetes.quantities import mebibytes, millicores


def test_quantities_are_numbers() -> None:
    assert [millicores(each) for each in ("250m", "2", "0")] == [250, 2000, 0]
    assert [mebibytes(each) for each in ("256Mi", "2Gi")] == [256, 2048]


@pytest.mark.parametrize("value", ["", "0.5", "2Mi", "m"])
def test_other_forms_of_cpu_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity of CPU"):
        millicores(value)


@pytest.mark.parametrize("value", ["", "256", "256M", "1.5Gi", "2m"])
def test_other_forms_of_memory_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity of memory"):
        mebibytes(value)
