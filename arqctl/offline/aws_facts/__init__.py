"""What AWS itself publishes about its resources: what replaces them, what is secret, which values it takes.

CloudFormation's schemas come with cfn-lint, the models of AWS's APIs with botocore.
"""
