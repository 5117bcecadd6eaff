"""What nations tell one another, and what they make of it. Pure: no clock, no network; same messages, same result.

`facts` is what a track or an alert of our own offers; `release` is the only way from there to a message, field by field
as the rules say; `messages` is what may stand in one, checked on the way out and on the way in.
"""
