"""CloudWatch alarms, their notification routes, and a dashboard."""
