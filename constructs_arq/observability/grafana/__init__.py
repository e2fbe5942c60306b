"""Dashboards of Grafana as code: one function per dashboard."""
