"""Names of outlets and of authorities, and a speaker's name as it is kept."""

import re

_MEDIA = re.compile(
    r"\b(?:Reuters|AP|AFP|Associated Press|BBC|CNN|Bloomberg|Interfax(?:-Ukraine)?|TASS|RIA|Ukrinform|Unian|UNN|BelTA|Belta|LRT|LETA|BNS|Delfi|ERR|LSM|PAP|TVP|RMF|Onet|Bild|Spiegel|Politico|Axios|Meduza|"
    r"ISW|Institute for the Study of War|RUSI|CSIS|Bellingcat|Sky News|Le Monde|Kommersant|Vedomosti|Izvestia|RBC|Ukrainska Pravda|Kyiv Independent|Kyiv Post|Euromaidan Press|"
    r"Radio\s+[A-Z][\w-]+|TV\s?\d+|[A-Z][\w-]+\s+(?:Radio|TV|Television|radio|television)|Die\s+(?:Welt|Zeit|Presse)|El\s+(?:País|Mundo)|La\s+(?:Repubblica|Stampa)|Le\s+Figaro|Rzeczpospolita|Gazeta\s+[A-Z]\w+|"
    r"Defense Express|Militarnyi|Zerkalo|Nexta|Euronews|Newsweek|Forbes|NBC|CBS|ABC|PBS|NPR|DW|Deutsche Welle|RFE/RL|Radio Free Europe|Yle|YLE|Postimees|Jane['’]?s|Business Insider|Asia Times|"
    r"[A-Z][\w.]*(?:\s+[A-Z][\w.]*){0,3}\s+(?:News|Times|Post|Journal|Agency|Press|Pravda|TV|Radio|Daily|Herald|Gazette|Tribune|Telegraph|Guardian|Insider|Media|Observer|Independent|Review|Chronicle|Monitor|Express|Standard|Broadcaster|Broadcasting)|"
    r"(?:[Tt]he\s+)?(?:Guardian|Economist|Telegraph|Independent|Times|Insider|broadcaster|newspaper|news agency|outlet|tabloid|weekly|daily|portal|website|agency(?=\s+(?:reported|said|wrote|added))|magazine)|[\w-]+\s+(?:newspaper|broadcaster|news agency|state media|state television|media|news outlet|news site|news portal|magazine|public radio|public broadcaster|daily)|[Mm]edia|[Jj]ournalists|[Rr]eporters)\b"
)
_BODY = re.compile(
    r"\b(?:Panel|Commission|Member\s+State|Ministry|Ministr|Air Force|Armed Forces|Command|General Staff|Guard|Government|Office|Service|Police|President|Presidency|Army|Navy|Agency|Administration|Directorate|Department|Staff|Chancellery|Council|Committee|Authority|Centre|Center|Headquarters|Defence Forces|Defense Forces)\b"
)
# Behind a role and a comma: "the chief of staff, Tone Berg"
APPOSED_NAME = r",\s+(?P<name>[A-ZÀ-ÞŁŚŻ][\w'’-]+(?:\s+[A-ZÀ-ÞŁŚŻ][\w'’-]+){1,2})(?=\s*[,.;:]|\s*$|\s+[-–—]\s)"
# "the news site Dzerkalo" is Dzerkalo
_KIND_OF_OUTLET = re.compile(
    r"^(?:(?:\w+\s+)?news\s+(?:site|agency|outlet|portal|website)|newspaper|broadcaster|website|daily|weekly|magazine|tabloid|portal|outlet)\s+(?=[A-Z])"
)


def is_media(name: str) -> bool:
    """Whether a name is that of an outlet, an agency or an institute that relays others."""
    return bool(_MEDIA.search(name)) and not re.search(
        r"\b(?:Ministry|Defen[cs]e Intelligence|Security Agency|Space Agency)\b", name
    )


def is_body(name: str) -> bool:
    """Whether a name is that of an authority that speaks for itself in its releases."""
    return bool(_BODY.search(name)) and not is_media(name)


def tidy(name: str) -> str:
    """A speaker's name as it is kept: without article, quotation marks and spaces at the ends."""
    name = re.sub(r"\s*\([^)]*\)?", "", name)
    name = re.sub(r"[\s\u00a0]+", " ", name).strip(' ,.;:—–-"“”«»‘()[]').replace("’", "'")
    name = re.sub(r"^(?:the|a|an)\s+", "", name, flags=re.IGNORECASE)
    name = _KIND_OF_OUTLET.sub("", name)
    return re.sub(r"'$", "", name)
