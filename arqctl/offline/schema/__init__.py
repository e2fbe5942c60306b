"""What Terraform may write for each resource type, read from the installed CDKTF bindings."""
