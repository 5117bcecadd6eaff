"""Where the picture and the alerts go. One file = one place.

To add one: a file named after the format, with the function that writes it, and a line in `PARTS` under the name that a
wall's `[[output]] format` says. Outside plug-ins register under the entry-point group `dronewall.outputs`. Only what a
person has approved leaves with status Actual, and an exercise wall writes to exercise addresses only.

`cap` is a document for alerts; `cot`, `asterix` and `sapient` are pictures, which `publish` sends. `gateway` carries a
document to an authority and learns whether it was delivered.
"""

from typing import Final

from dronewall.registry import Table

PARTS: Final = {
    "asterix": "dronewall.outputs.asterix:AsterixPicture",
    "cot": "dronewall.outputs.cot:CotPicture",
    "sapient": "dronewall.outputs.sapient:SapientPicture",
    "cap": "dronewall.outputs.cap:document",
}

OUTPUTS: Final = Table("outputs", PARTS)
