"""Finds secrets in plans and redacts them."""
