"""Kubernetes objects in a cluster: providers, namespaces, network policies and custom resources."""
