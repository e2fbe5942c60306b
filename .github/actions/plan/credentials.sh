#!/usr/bin/env bash
# Prints temporary credentials of a role, in the format of credential_process in an AWS configuration file.
# Usage: credentials.sh ROLE_ARN SESSION_NAME SECONDS
# Each process that calls AWS runs it, because GitHub's token is valid for five minutes only.
# https://docs.github.com/en/actions/reference/security/oidc
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
set -euo pipefail
token=$(curl --fail --silent --show-error --retry 3 \
  --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
  "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" | jq --exit-status --raw-output .value)
# Without the configuration file: the AWS CLI would run this script again to sign the request.
AWS_CONFIG_FILE=/dev/null aws sts assume-role-with-web-identity --no-sign-request --region "$AWS_REGION" \
  --output json --role-arn "$1" --role-session-name "$2-$GITHUB_RUN_ID" --duration-seconds "$3" \
  --web-identity-token "$token" | jq --exit-status '.Credentials + {Version: 1}'
