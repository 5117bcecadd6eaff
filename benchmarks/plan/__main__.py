"""Every table of `plan`, one after the other."""

from benchmarks.plan import crossings, lorena, rehearsal, segment, viewshed

if __name__ == "__main__":
    viewshed.main()
    lorena.main()
    crossings.main()
    rehearsal.main()
    segment.main()
