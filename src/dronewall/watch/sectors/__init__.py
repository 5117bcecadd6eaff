"""A long border on several processes: a worker a stretch, fed over the node's own NATS, taken over when one dies."""
