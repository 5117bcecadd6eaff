"""Words that no live label, text or document of dronewall may hold: nations as an origin, enmity, weapons."""

import re

_STEMS = (
    # en
    *("hostil", "suspect", "enem", "attack", "russia", "belarus", "ukrain", "iran", "weapon", "target", "missile"),
    *("intercept", "shoot", "shot down", "kamikaze", "terror", "invad"),
    # lv
    *("naidīg", "ienaidniek", "uzbrukum", "krievij", "baltkriev", "ukrain", "ieroč", "raķet"),
    # et
    *("vaenla", "vaenuli", "rünna", "venemaa", "valgevene", "relv", "rakett"),
    # lt
    *("priešišk", "prieša", "priešo", "ataka", "rusij", "baltarus", "ginkl", "raket"),
    # pl
    *("wrog", "wróg", "rosj", "rosyj", "białoru", "broń", "rakiet", "podejrzan"),
    # fi
    *("vihamieli", "vihollis", "hyökkä", "venäjä", "valko-venäj", "ukraina", "aseen", "ohjus"),
    # nb
    *("fiende", "fiendtlig", "angrep", "russland", "russisk", "hviterussland", "våpen", "rakett", "mistenkt"),
    # ru
    *("враж", "враг", "атак", "росси", "белорус", "беларус", "украин", "оруж", "ракет", "подозр"),
)
FORBIDDEN = re.compile("|".join(rf"\b{re.escape(stem)}" for stem in sorted(set(_STEMS))), re.IGNORECASE)
