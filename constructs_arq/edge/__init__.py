"""What stands between the internet and the platform: certificates, firewall, content delivery."""
