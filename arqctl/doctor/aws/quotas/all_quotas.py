"""All quotas that are checked."""

from arqctl.doctor.aws.quotas.instances import ON_DEMAND, OTHER_FAMILIES, SPOT
from arqctl.doctor.aws.quotas.network import NETWORK_QUOTAS
from arqctl.doctor.aws.quotas.services import SERVICE_QUOTAS

QUOTAS = (ON_DEMAND, SPOT, *NETWORK_QUOTAS, *SERVICE_QUOTAS)
QUOTA_CHECKS = (*(quota.check for quota in QUOTAS), OTHER_FAMILIES)
