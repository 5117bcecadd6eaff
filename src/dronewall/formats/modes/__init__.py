"""Mode S extended squitter (ADS-B), shared by every format that carries its frames.

`crc` checks frames, `fields` reads what one message says, `cpr` makes positions of compressed ones, `accuracy` tells
what a stated accuracy means in metres, `squitters` keeps what each aircraft said and gives detections.
Source: RTCA DO-260B / EUROCAE ED-102A (sections named in each file), ICAO Doc 9871 appendices A to C.
"""

SOURCES = (
    "RTCA DO-260B / EUROCAE ED-102A: A.1.7 (positions), 2.2.3.2 (messages), tables 2-11 and 2-71 (accuracy)",
    "ICAO Doc 9871, appendices A to C",
    "ICAO Annex 10 volume IV, 3.1.2.3.3 (parity) and the Gillham code of altitudes",
)
DEVIATIONS = (
    "Frames whose parity fails are dropped and counted, none is corrected.",
    "Airspeed (TC 19, subtypes 3 and 4) is no motion over ground and is not taken for it.",
    "A first position counts once a second agrees; one that nothing flies to is doubted (after A.1.7.10).",
)
UNTAKEN = (
    "callsigns",
    "squawks",
    "integrity (NIC, SIL)",
    "what the crew selected",
    "airspeed and heading",
    "emitter categories beyond a label",
    "downlink formats other than 17 and 18",
)
