"""What a rehearsed night costs, and where: `python -m benchmarks.rehearse`."""
