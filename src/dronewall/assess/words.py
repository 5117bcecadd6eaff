"""Words of likelihood, ICD 203 (2 January 2015), section D.6.e.(2).(a); confidence is said apart."""

_WORDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.0, "almost certain"),
)


def likelihood(p: float) -> str:
    """The word for a probability; each band takes its upper end."""
    return next(word for limit, word in _WORDS if p <= limit + 1e-12)


def confidence(roots: int, best_grade: str, judged: int) -> str:
    """low, moderate or high: by how many roots stand behind the cited factor, the best grade among them, and what is
    judged.

    ICD 203 leaves the scale to the analyst; this one is stated so that it can be disputed. High needs three roots,
    one graded A or B, and at most one judged factor; moderate needs two roots and a grade of C or better.
    """
    if roots >= 3 and best_grade in ("A", "B") and judged <= 1:
        return "high"
    if roots >= 2 and best_grade in ("A", "B", "C"):
        return "moderate"
    return "low"
