"""Published facts about AWS resource types: replacement, secrets and accepted values.

The sources are CloudFormation's resource schemas (from cfn-lint) and AWS's API models (from botocore).
"""
