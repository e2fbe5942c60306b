"""The people on call for production and staging. The addresses are those of PagerDuty's users."""

from datetime import date

from constructs_arq.observability.paging.on_call_schedule import OnCallScheduleConfig
from constructs_arq.observability.paging.rotation import Rotation
from environments.paging_config import PagingConfig

_FIRST_DAY = date(2026, 1, 5)

PAGING = PagingConfig(
    state_environment="production",
    primary=OnCallScheduleConfig(
        time_zone="Europe/Dublin",
        rotations=(
            Rotation(
                people=("amara.okafor@arq.example", "jonas.weber@arq.example", "mei.tanaka@arq.example"),
                first_day=_FIRST_DAY,
            ),
        ),
    ),
    # The person on call in the next week.
    secondary=OnCallScheduleConfig(
        time_zone="Europe/Dublin",
        rotations=(
            Rotation(
                people=("jonas.weber@arq.example", "mei.tanaka@arq.example", "amara.okafor@arq.example"),
                first_day=_FIRST_DAY,
            ),
        ),
    ),
    last=("head.of.platform@arq.example",),
)
