"""The region of AWS's billing services."""

from typing import Final

BILLING_REGION: Final = "us-east-1"
"""Budgets and Cost Explorer have their endpoints here only, and their prices and events.

https://docs.aws.amazon.com/general/latest/gr/billing.html
"""
