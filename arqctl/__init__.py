"""The tool: it judges what a CDKTF project synthesizes, and knows Terraform JSON, not constructs."""
