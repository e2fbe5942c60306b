"""Pure analysis of Terraform plans: parsing, redaction, risk, access, differences. No I/O."""
