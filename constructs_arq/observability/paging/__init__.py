"""Calls to the engineer on call: PagerDuty for alarms of CloudWatch."""
