"""The sentences of a warning, per language. Each leads with what to do; none says who or why.

A text is: the exercise mark where it is one, then the body of its message and level, then `update` where it replaces
an earlier one. `{places}` is a list of names in the basic form, so every language puts it after a colon. Only a native
speaker who answers for it can release a language for live use: docs/warning.md says which have been reviewed (none).
"""

from collections.abc import Mapping
from typing import Final

Phrases = Mapping[str, str]

KEYS: Final = (
    "exercise",
    "headline",
    "information",
    "precaution",
    "warning",
    "update",
    "all_clear",
    "cancel",
    "here",
)
"""`exercise` goes first in an exercise; `headline` names the message in a list; `here` stands for the places where the
area holds no named zone; the others are bodies."""

LANGUAGES: Final[Mapping[str, Phrases]] = {
    "en": {
        "exercise": "EXERCISE EXERCISE EXERCISE. This is a test, nothing has happened.",
        "headline": "Drone alert",
        "information": (
            "Stay near shelter. Something that may be a drone was noticed. Area: {places}. If you hear or see it, "
            "go indoors and keep away from windows. Report what you see: call 112."
        ),
        "precaution": (
            "Go indoors and keep away from windows. A drone may come down here. Area: {places}. Do not touch "
            "wreckage; call 112. Wait for the all-clear."
        ),
        "warning": (
            "Take cover now: go indoors, to a room without windows, on a low floor. A drone is flying toward this "
            "area and may come down. Area: {places}. Do not touch wreckage; call 112. Wait for the all-clear."
        ),
        "update": "This replaces our earlier message.",
        "all_clear": (
            "You may leave shelter. The drone alert is over. Area: {places}. Do not touch wreckage; call 112 if "
            "you find any."
        ),
        "cancel": "You may leave shelter. Our drone alert is withdrawn: there was no danger. Area: {places}.",
        "here": "where you are",
    },
    "lv": {
        "exercise": "MĀCĪBAS MĀCĪBAS MĀCĪBAS. Šī ir pārbaude, nekas nav noticis.",
        "headline": "Brīdinājums par dronu",
        "information": (
            "Uzturieties tuvu patvērumam. Pamanīts objekts, kas var būt drons. Teritorija: {places}. Ja to "
            "dzirdat vai redzat, ejiet telpās un turieties tālāk no logiem. Ziņojiet par redzēto: 112."
        ),
        "precaution": (
            "Ejiet telpās un turieties tālāk no logiem. Šeit var nokrist drons. Teritorija: {places}. "
            "Neaiztieciet atlūzas, zvaniet 112. Gaidiet apdraudējuma atcelšanu."
        ),
        "warning": (
            "Tūlīt ejiet patvērumā: telpā bez logiem, zemākajā stāvā. Drons lido uz šo teritoriju un var nokrist. "
            "Teritorija: {places}. Neaiztieciet atlūzas, zvaniet 112. Gaidiet apdraudējuma atcelšanu."
        ),
        "update": "Šī ziņa aizstāj iepriekšējo.",
        "all_clear": (
            "Varat atstāt patvērumu. Drona apdraudējums ir beidzies. Teritorija: {places}. Neaiztieciet atlūzas; "
            "ja tās atrodat, zvaniet 112."
        ),
        "cancel": (
            "Varat atstāt patvērumu. Brīdinājums par dronu ir atsaukts: apdraudējuma nebija. Teritorija: {places}."
        ),
        "here": "jūsu atrašanās vieta",
    },
    "et": {
        "exercise": "ÕPPUS ÕPPUS ÕPPUS. See on katse, midagi ei ole juhtunud.",
        "headline": "Droonihoiatus",
        "information": (
            "Püsige varjumiskoha lähedal. Märgati objekti, mis võib olla droon. Piirkond: {places}. Kui seda "
            "kuulete või näete, minge siseruumi ja hoiduge akendest eemale. Teatage nähtust: 112."
        ),
        "precaution": (
            "Minge siseruumi ja hoiduge akendest eemale. Siia võib kukkuda droon. Piirkond: {places}. Ärge "
            "puudutage rusutükke, helistage 112. Oodake ohu lõppemise teadet."
        ),
        "warning": (
            "Varjuge kohe: minge aknata ruumi alumisel korrusel. Droon lendab selle piirkonna poole ja võib alla "
            "kukkuda. Piirkond: {places}. Ärge puudutage rusutükke, helistage 112. Oodake ohu lõppemise teadet."
        ),
        "update": "See teade asendab eelmise.",
        "all_clear": (
            "Võite varjumiskohast lahkuda. Drooniohtu enam ei ole. Piirkond: {places}. Ärge puudutage rusutükke; "
            "kui neid leiate, helistage 112."
        ),
        "cancel": "Võite varjumiskohast lahkuda. Droonihoiatus on tühistatud: ohtu ei olnud. Piirkond: {places}.",
        "here": "teie asukoht",
    },
    "lt": {
        "exercise": "PRATYBOS PRATYBOS PRATYBOS. Tai bandymas, nieko neįvyko.",
        "headline": "Įspėjimas dėl drono",
        "information": (
            "Būkite netoli priedangos. Pastebėtas objektas, kuris gali būti dronas. Teritorija: {places}. Jei jį "
            "girdite ar matote, eikite į patalpą ir laikykitės toliau nuo langų. Praneškite, ką matote: 112."
        ),
        "precaution": (
            "Eikite į patalpą ir laikykitės toliau nuo langų. Čia gali nukristi dronas. Teritorija: {places}. "
            "Nelieskite nuolaužų, skambinkite 112. Laukite pavojaus atšaukimo."
        ),
        "warning": (
            "Tuojau slėpkitės: eikite į patalpą be langų, žemesniame aukšte. Dronas skrenda link šios teritorijos "
            "ir gali nukristi. Teritorija: {places}. Nelieskite nuolaužų, skambinkite 112. Laukite pavojaus "
            "atšaukimo."
        ),
        "update": "Šis pranešimas pakeičia ankstesnį.",
        "all_clear": (
            "Galite išeiti iš priedangos. Drono pavojus praėjo. Teritorija: {places}. Nelieskite nuolaužų; radę "
            "jų, skambinkite 112."
        ),
        "cancel": (
            "Galite išeiti iš priedangos. Įspėjimas dėl drono atšauktas: pavojaus nebuvo. Teritorija: {places}."
        ),
        "here": "jūsų buvimo vieta",
    },
    "pl": {
        "exercise": "ĆWICZENIA ĆWICZENIA ĆWICZENIA. To jest test, nic się nie stało.",
        "headline": "Ostrzeżenie o dronie",
        "information": (
            "Pozostań blisko schronienia. Zauważono obiekt, który może być dronem. Obszar: {places}. Jeśli go "
            "słyszysz lub widzisz, wejdź do budynku i odsuń się od okien. Zgłoś, co widzisz: 112."
        ),
        "precaution": (
            "Wejdź do budynku i odsuń się od okien. Tutaj może spaść dron. Obszar: {places}. Nie dotykaj "
            "szczątków, dzwoń 112. Czekaj na odwołanie alarmu."
        ),
        "warning": (
            "Ukryj się natychmiast: wejdź do pomieszczenia bez okien, na niskim piętrze. Dron leci w stronę tego "
            "obszaru i może spaść. Obszar: {places}. Nie dotykaj szczątków, dzwoń 112. Czekaj na odwołanie "
            "alarmu."
        ),
        "update": "Ten komunikat zastępuje poprzedni.",
        "all_clear": (
            "Możesz opuścić schronienie. Zagrożenie dronem minęło. Obszar: {places}. Nie dotykaj szczątków; jeśli "
            "je znajdziesz, dzwoń 112."
        ),
        "cancel": (
            "Możesz opuścić schronienie. Ostrzeżenie o dronie zostało wycofane: nie było zagrożenia. Obszar: {places}."
        ),
        "here": "miejsce, w którym jesteś",
    },
    "fi": {
        "exercise": "HARJOITUS HARJOITUS HARJOITUS. Tämä on testi, mitään ei ole tapahtunut.",
        "headline": "Droonivaroitus",
        "information": (
            "Pysy suojan lähellä. On havaittu kohde, joka voi olla drooni. Alue: {places}. Jos kuulet tai näet "
            "sen, mene sisälle ja pysy kaukana ikkunoista. Ilmoita havainnostasi: 112."
        ),
        "precaution": (
            "Mene sisälle ja pysy kaukana ikkunoista. Tänne voi pudota drooni. Alue: {places}. Älä koske osiin, "
            "soita 112. Odota vaara ohi -ilmoitusta."
        ),
        "warning": (
            "Suojaudu heti: mene ikkunattomaan huoneeseen alakertaan. Drooni lentää tätä aluetta kohti ja voi "
            "pudota. Alue: {places}. Älä koske osiin, soita 112. Odota vaara ohi -ilmoitusta."
        ),
        "update": "Tämä viesti korvaa edellisen.",
        "all_clear": (
            "Voit poistua suojasta. Droonivaara on ohi. Alue: {places}. Älä koske osiin; jos löydät niitä, soita 112."
        ),
        "cancel": "Voit poistua suojasta. Droonivaroitus on peruttu: vaaraa ei ollut. Alue: {places}.",
        "here": "olinpaikkasi",
    },
    "nb": {
        "exercise": "ØVELSE ØVELSE ØVELSE. Dette er en test, ingenting har skjedd.",
        "headline": "Dronevarsel",
        "information": (
            "Hold deg nær et tilfluktssted. Noe som kan være en drone, er observert. Område: {places}. Hvis du "
            "hører eller ser den, gå innendørs og hold deg unna vinduer. Meld fra om det du ser: ring 112."
        ),
        "precaution": (
            "Gå innendørs og hold deg unna vinduer. En drone kan falle ned her. Område: {places}. Ikke rør "
            "vrakdeler, ring 112. Vent på at faren avblåses."
        ),
        "warning": (
            "Søk dekning nå: gå til et rom uten vinduer, i en lav etasje. En drone flyr mot dette området og kan "
            "falle ned. Område: {places}. Ikke rør vrakdeler, ring 112. Vent på at faren avblåses."
        ),
        "update": "Denne meldingen erstatter den forrige.",
        "all_clear": (
            "Du kan gå ut igjen. Dronefaren er over. Område: {places}. Ikke rør vrakdeler; finner du noen, ring 112."
        ),
        "cancel": "Du kan gå ut igjen. Dronevarselet er trukket tilbake: det var ingen fare. Område: {places}.",
        "here": "der du er",
    },
    "ru": {
        "exercise": "УЧЕНИЯ УЧЕНИЯ УЧЕНИЯ. Это проверка, ничего не случилось.",
        "headline": "Предупреждение о дроне",
        "information": (
            "Будьте рядом с укрытием. Замечен объект, который может быть дроном. Район: {places}. Если слышите "
            "или видите его, войдите в помещение и держитесь дальше от окон. Сообщите об увиденном: 112."
        ),
        "precaution": (
            "Войдите в помещение и держитесь дальше от окон. Здесь может упасть дрон. Район: {places}. Не "
            "трогайте обломки, звоните 112. Ждите отбоя."
        ),
        "warning": (
            "Немедленно укройтесь: в помещении без окон, на нижнем этаже. Дрон летит в сторону этого района и "
            "может упасть. Район: {places}. Не трогайте обломки, звоните 112. Ждите отбоя."
        ),
        "update": "Это сообщение заменяет предыдущее.",
        "all_clear": (
            "Можно выйти из укрытия. Опасность миновала. Район: {places}. Не трогайте обломки; если найдёте их, "
            "звоните 112."
        ),
        "cancel": "Можно выйти из укрытия. Предупреждение о дроне отменено: опасности не было. Район: {places}.",
        "here": "место, где вы находитесь",
    },
}
