"""What `plan` is held to, beside its peers, in one run: `python -m benchmarks.plan`."""
