"""The command line tool for CDKTF projects. It reads Terraform JSON and plans, and no constructs."""
