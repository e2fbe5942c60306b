"""Service level objectives: recording rules, alerts, and the availability that the services below allow."""
