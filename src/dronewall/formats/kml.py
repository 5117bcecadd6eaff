"""KML out, for a quick look in Google Earth or another map: tracks as lines with their time, detections as points.

    Document    name; EXERCISE stands in it and in the name of everything, unless the wall is live
    Placemark   name, TimeSpan (track) or TimeStamp (detection), ExtendedData: what the record says under its own names
    LineString  longitude, latitude (degrees), height (m); altitudeMode absolute where heights are known
    Point       the same

Heights in KML are above mean sea level (EGM96), ours above the ellipsoid: between Poland and Finland the lines stand 15
to 35 m too high in a globe view, which the description says. Only out; no sensor, operator or home position is written.
Source: OGC KML 2.3 (12-007r2), sections 9 (Placemark), 10 (geometry) and 15 (time).
"""

from xml.sax.saxutils import escape, quoteattr

from dronewall.formats.features import Feature
from dronewall.units import utc_text

NAMESPACE = "http://www.opengis.net/kml/2.2"
NOTE = "Heights are above the WGS-84 ellipsoid; a globe takes them as above mean sea level."


def head(name: str, *, exercise: bool) -> bytes:
    """How a file begins."""
    title = escape(f"EXERCISE {name}" if exercise else name)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{NAMESPACE}"><Document><name>{title}</name>'
        f"<description>{NOTE}</description>\n"
    ).encode()


def feature(one: Feature, *, first: bool, exercise: bool) -> bytes:
    """One placemark."""
    high = all(place[2] is not None for place in one.places)
    rows = (f"{p[0]:.7f},{p[1]:.7f}" + (f",{p[2]:.1f}" if high else "") for p in one.places)
    begin, end = utc_text(one.times_ns[0]), utc_text(one.times_ns[-1])
    lone = len(one.places) == 1
    when = f"<when>{begin}</when>" if lone else f"<begin>{begin}</begin><end>{end}</end>"
    span, shape = ("TimeStamp", "Point") if lone else ("TimeSpan", "LineString")
    mode = "absolute" if high else "clampToGround"
    data = "".join(
        f"<Data name={quoteattr(key)}><value>{escape(_text(value))}</value></Data>"
        for key, value in one.properties.items()
        if value is not None
    )
    title = escape(f"EXERCISE {one.name}" if exercise else one.name)
    return (
        f"<Placemark><name>{title}</name><{span}>{when}</{span}><ExtendedData>{data}</ExtendedData><{shape}>"
        f"<altitudeMode>{mode}</altitudeMode><coordinates>{' '.join(rows)}</coordinates></{shape}></Placemark>\n"
    ).encode()


def foot() -> bytes:
    """How a file ends."""
    return b"</Document></kml>\n"


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
