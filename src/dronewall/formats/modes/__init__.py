"""Mode S extended squitter (ADS-B), shared by every format that carries its frames.

`crc` checks frames, `fields` reads what one message says, `cpr` makes positions of compressed ones, `accuracy` tells
what a stated accuracy means in metres, `squitters` keeps what each aircraft said and gives detections.
Source: RTCA DO-260B / EUROCAE ED-102A (sections named in each file), ICAO Doc 9871 appendices A to C.
"""
