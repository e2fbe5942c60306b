from scripts.derive_chart_ports import derive

MANIFESTS = """
---
# An empty document.
---
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      initContainers: [{name: sidecar, restartPolicy: Always, ports: [{containerPort: 9000}]}]
      containers:
        - {name: api, ports: [{name: metrics, containerPort: 8080}]}
        - {name: without-ports}
---
kind: NodePool
metadata: {name: general}
spec: {template: {spec: {taints: []}}}
---
kind: Service
metadata: {name: api}
spec: {ports: [{name: http, port: 80}]}
"""


def test_ports_of_all_containers() -> None:
    assert sorted(derive(MANIFESTS)) == [("api", "-", 9000), ("api", "metrics", 8080)]
