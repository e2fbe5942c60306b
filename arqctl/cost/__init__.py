"""Estimates the monthly cost of an environment from a dated table of list prices."""
