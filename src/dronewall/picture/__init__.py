"""From tracks to a warning that a person approves: judged, placed, worded, timed.

`desk.py` is the whole of it: scans, ticks and people's acts in, events out. The rest is what it asks:

    rules.py     is this something to warn of, at which level, and if not, why not (the log of silence)
    area.py      where it can come down: the smallest area that holds it (on the flat map of plane.py)
    alerts.py    the life of an alert: draft, approved, sent, received, update, cancel, all-clear, expired
    clock.py     the countdown, escalation to a deputy, expiry
    texts.py     what people read, per language, and whether the channel takes it (phrases.py, broadcast.py)
    identity.py, freshness.py, health.py    what the screen says of a claim, of a field's age, of a sensor

Pure: time arrives with scans and ticks, nothing is drawn, nothing leaves. To add a language: a table in `phrases.py`.
"""
