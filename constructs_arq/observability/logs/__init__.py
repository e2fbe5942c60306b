"""Logs of CloudWatch log groups on their way to Loki."""
