"""TLS certificates, web application firewall and content delivery."""
