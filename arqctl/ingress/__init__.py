"""Migrates Ingress objects of ingress-nginx to routes, and reports what has no counterpart."""
