"""Evidence for auditors: the state of framework controls, from the gate's evaluation of an environment."""
