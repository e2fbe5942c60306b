"""The dashboard of a worker: messages, their queue, and the outbox of the service that sends them."""

from constructs_arq.observability.grafana.dashboard import Dashboard, Row, show_errors
from constructs_arq.observability.grafana.panels import AwsMetric, Graph, Number, Query

_MESSAGES = "message_duration_seconds_count"
_BUCKETS = "message_duration_seconds_bucket"
_WINDOW = "[$__rate_interval]"
_PERCENTILES = (0.5, 0.95, 0.99)
_FAILED_LIMIT = 0.1
_OUTBOX_LIMIT = 100


def worker_dashboard(*, service: str, namespace: str, sender: str) -> Dashboard:
    """Return the dashboard of a worker that has the metrics of the reference application.

    `sender` is the service with the outbox.
    """
    target = f'{{namespace="{namespace}", service="{service}"}}'
    outbox = f'{{namespace="{namespace}", service="{sender}"}}'
    # All pods show the same number.
    waiting = Query(f"min(receipt_requests_waiting{outbox})", "waiting")
    return Dashboard(
        name=service,
        title=f"Worker {service}",
        rows=[
            _now(target, waiting, f'{{namespace="{namespace}", deployment="{service}"}}'),
            _work(target),
            _queue(waiting),
            show_errors(namespace, service),
        ],
    )


def _now(target: str, waiting: Query, deployment: str) -> Row:
    ready = Query(f"kube_deployment_status_replicas_available{deployment}", "ready")
    return Row(
        "Now",
        [
            Number("Messages", "ops", Query(f"sum(rate({_MESSAGES}{target}[5m]))", "messages")),
            Number(
                "Failed messages",
                "percentunit",
                Query(_failed(target, "[5m]"), "failed"),
                limit=_FAILED_LIMIT,
            ),
            Number("Requests in the outbox", "short", waiting, limit=_OUTBOX_LIMIT),
            Number("Ready pods", "short", ready, "Without messages, there are none."),
        ],
    )


def _work(target: str) -> Row:
    by_result = Query(f"sum by (result) (rate({_MESSAGES}{target}{_WINDOW}))", "{{result}}")
    percentiles = [
        Query(
            f"histogram_quantile({rank:g}, sum by (le) (rate({_BUCKETS}{target}{_WINDOW})))",
            f"{rank * 100:g} %",
        )
        for rank in _PERCENTILES
    ]
    failures = Query(f"sum by (pod) (increase(dependency_failures_total{target}[5m]))", "{{pod}}")
    return Row(
        "Work",
        [
            Graph("Messages by result", "ops", [by_result]),
            Graph("Time for a message", "s", percentiles),
            Graph(
                "Failures of dependencies in five minutes",
                "short",
                [failures],
                "The database or the queue was away. The messages stay in the queue.",
            ),
        ],
    )


def _queue(waiting: Query) -> Row:
    return Row(
        "Queue",
        [
            Graph(
                "Requests in the outbox",
                "short",
                [waiting],
                "They wait in the database until the queue accepts them.",
                limit=_OUTBOX_LIMIT,
            ),
            _of_queues("Age of the oldest message", "s", "ApproximateAgeOfOldestMessage"),
            _of_queues("Messages in queues", "short", "ApproximateNumberOfMessagesVisible"),
        ],
    )


def _of_queues(title: str, unit: str, metric: str) -> Graph:
    """Return the graph of a metric of all queues of the account, also of those with failed messages."""
    query = AwsMetric(namespace="AWS/SQS", metric=metric, statistic="Maximum", dimensions={"QueueName": "*"})
    return Graph(title, unit, [query])


def _failed(target: str, window: str) -> str:
    """Return the share of failed messages, and no value without messages."""
    failures = f'sum(rate({_MESSAGES}{target[:-1]}, result="failed"}}{window}))'
    return f"{failures} / (sum(rate({_MESSAGES}{target}{window})) > 0)"
