"""`make bench-tracking`: dronewall, Stone Soup and the floor on the same recordings, beside what the issue demands.

    python -m benchmarks.bench_tracking [--quick] [--seeds 1] [--no-peer] [--kit auto|no|only] [--json FILE]

`recordings` makes them, by our own generator and, where the project's shared folder lies beside the checkout, by the
bench kit's too; `runs` tracks and scores; `engine` times the tracker in a process of its own; `starts` times a start,
warm and with an empty cache; `consistency` asks whether errors are as large as stated; `judge` puts each figure beside
what must be reached; `pages` writes the tables of `docs/benchmarks.md` from the JSON, so that they are those of a run.
"""
