#!/usr/bin/env bash
# Runs the migrator in the cluster of the current context, and waits for it. Needs kubectl and jq.
# Usage: run.sh IMAGE USERS. IMAGE is a URL with a digest, USERS the stack's output `database_users`.
set -euo pipefail
image=$1 users=$2
if [[ ! $image =~ ^[a-z0-9./:_-]+@sha256:[0-9a-f]{64}$ ]]; then
  printf 'The image %s has no digest: use the output `image` of the workflow publish\n' "$image" >&2
  exit 2
fi
if ! jq --exit-status --null-input --argjson users "$users" '$users.host' >/dev/null; then
  printf 'The users are not the output database_users of the stack\n' >&2
  exit 2
fi
job=$(kubectl create --dry-run=client --output json --filename "${BASH_SOURCE%/*}/job.yaml" \
  | jq --arg image "$image" --arg users "$users" '
      .spec.template.spec.containers[0].image = $image
      | .spec.template.metadata.annotations["database-users"] = $users' \
  | kubectl create --filename - --output name)
# A Job has one of the conditions at the latest after activeDeadlineSeconds.
finished='[.status.conditions[]? | select(.status == "True") | .type] | map(select(. == "Complete" or . == "Failed"))[]'
until state=$(kubectl get "$job" --namespace delivery --output json | jq --raw-output "$finished") && [[ $state ]]; do
  sleep "${SECONDS_BETWEEN_CHECKS:-5}"
done
kubectl logs "$job" --namespace delivery --all-pods || true
[[ $state == Complete ]] || { printf '%s failed\n' "$job" >&2; exit 1; }
