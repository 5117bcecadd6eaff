"""Every table of `plan`, one after the other."""

from benchmarks.plan import lorena, viewshed

if __name__ == "__main__":
    viewshed.main()
    lorena.main()
