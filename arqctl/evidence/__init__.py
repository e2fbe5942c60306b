"""Evidence: which controls an environment's configuration meets, by the gate's own verdicts."""
