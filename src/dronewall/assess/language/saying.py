"""The words by which English says who speaks: verbs of saying, pronouns, labels, "according to", "citing"."""

import re

SAY = (
    r"sa(?:id|ys?|ying)|t(?:old|ells?|elling)|report(?:ed|s)?|claim(?:ed|s)?|announc(?:ed|es|e)|stat(?:ed|es)|wr(?:ote|ites|ite)|confirm(?:ed|s)?|"
    r"add(?:ed|s)|not(?:ed|es)|warn(?:ed|s)?|estimat(?:ed|es|e)|reveal(?:ed|s)?|den(?:ied|ies|y)|acknowledg(?:ed|es)|admit(?:ted|s)|argu(?:ed|es|e)|"
    r"assert(?:ed|s)|insist(?:ed|s)?|explain(?:ed|s)|emphasi[sz](?:ed|es)|highlight(?:ed|s)|suggest(?:ed|s)|indicat(?:ed|es)|stress(?:ed|es)|"
    r"declar(?:ed|es)|disclos(?:ed|es)|believ(?:ed|es|e)|predict(?:ed|s)|assess(?:ed|es)|alleg(?:ed|es)|boast(?:ed|s)|"
    r"maintain(?:ed|s)|show(?:ed|s)|clarif(?:ied|ies)|specif(?:ied|ies)|recall(?:ed|s)|calculat(?:ed|es)|propos(?:ed|es)|forecast(?:s)?|reiterat(?:ed|es)|"
    r"repl(?:ied|ies)|answer(?:ed|s)(?=\s+that\b)|respond(?:ed|s)(?=\s+that\b)|tweeted|posted|comment(?:ed|s)|inform(?:ed|s)|quoted|cit(?:ed|es)|put|retract(?:ed|s)|withdrew|rejected|dismissed|corrected|promise[sd]|pledge[sd]|expressed|published|released|issued|expect(?:ed|s)|expect(?=\s+(?:that\b|[A-Z]))|document(?:ed|s)|verif(?:ied|ies)|fear(?:ed|s)|conclud(?:ed|es)|thinks?|counted|counts|count|reckon(?:s|ed)?|guess(?:es|ed)?|remind(?:s|ed)?|corrects?|puts|(?:sp(?:eaks?|oken?)|talk(?:s|ed)?)\s+(?:of|about)|revis(?:ed|es)|learned|doubt(?:s|ed)|"
    r"describ(?:ed|es)|testif(?:ied|ies)|recount(?:ed|s)|complain(?:ed|s)|point(?:ed|s)\s+out|remark(?:ed|s)|briefed|"
    r"ask(?:ed|s)(?=\s+(?:whether|if)\b)|g(?:ave|ives?)(?=\s+(?:the|its|an?|his|her|their)\s+(?:[\w'’]+\s+){0,3}(?:total|number|figure|toll|count|tally)\b)|"
    r"(?:show|suggest|indicate|admit|acknowledge|predict|stress|note|explain|recall|conclude|reply)(?=\s+that\b)"
)
VERB = re.compile(rf"(?<![\w-])(?P<verb>{SAY})(?![\w-])", re.IGNORECASE)
# "put the number at", "reported attacks": only with a that-clause, a figure or a quotation near do these two say something
NOUNISH = {
    "reports",
    "claims",
    "estimates",
    "notes",
    "states",
    "report",
    "claim",
    "estimate",
    "shows",
    "forecast",
    "cites",
    "comments",
    "put",
    "expects",
    "expected",
    "fears",
    "feared",
    "count",
    "counted",
    "counts",
    "puts",
    "revised",
    "revises",
    "doubts",
    "doubted",
    "learned",
    "maintains",
    "maintained",
    "issued",
    "released",
    "published",
    "quoted",
    "documented",
    "documents",
    "verified",
    "verifies",
}
PRONOUN = re.compile(
    r"(?:he|she|they|it|we|i|who|the (?:head|mayor|diplomat|engineer|worker|employee|official|minister|ministry|spokesman|spokeswoman|spokesperson|governor|general|president|statement|report|agency|centre|center|service|officer|commander|command|colonel|source|institute|company|department|office|expert|analyst|leader|newspaper|outlet|authors?|air force|director|chief|text|release|document|study))",
    re.IGNORECASE,
)
PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "who"})
ROLES = frozenset(
    [
        "official",
        "minister",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "governor",
        "general",
        "president",
        "officer",
        "commander",
        "colonel",
        "source",
        "expert",
        "analyst",
        "leader",
        "director",
        "chief",
        "statement",
        "report",
        "text",
        "release",
        "document",
        "head",
        "mayor",
        "diplomat",
        "engineer",
        "worker",
        "employee",
    ]
)
ADVERBIAL = re.compile(
    r"^(?:(?:on|in|at|by|last|earlier|meanwhile|yesterday|today|however|also|but|and|then|later|still|since|during|after|before|though|although|while|as|for|when|separately|overall|according|speaking|asked|following|despite|for its part|so|yet|thus|nor|moreover|similarly|instead|again|nevertheless|previously|recently|this|these|under|with|since|until)\b[^,]*,\s*)+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:\s+(?:has|have|had|also|later|recently|earlier|typically|already|officially|now|then|is|was|are|were|did|does|himself|herself|itself|still|publicly|repeatedly|subsequently|previously|initially|separately|today|yesterday|first|again|once|meanwhile|in turn|who|which|reportedly|to|would|will|could|not|been|on\s+\w+day|\w+ly))+$",
    re.IGNORECASE,
)
FROM = re.compile(
    r"^.*?\b(?:reports?|stud(?:y|ies)|analys[ie]s|surveys?|investigations?|data|figures|statistics|statement|estimates?|information|a message|post|posts|briefing|bulletin|numbers|tallies|a letter|documents?)\s+(?:\w+\s+)?(?:from|of|by|(?:released|published|provided|compiled|prepared|issued)\s+(?:(?:on|in|at|last|this|earlier)\s+[\w ]{2,20}?\s+)?by)\s+(?=[A-Z]|the |its )",
    re.IGNORECASE,
)
START = re.compile(
    r"^(?:[A-ZÀ-ÞŠŽČĒĀĪŪĶĻŅŁŚŻА-Я]|the\s|a\s|an\s|its?\s|one\s|some\s|several\s|two\s|officials?\b|sources?\b|media\b|experts?\b|authorities\b|analysts?\b|intelligence\b|residents\b|local\b|military\b|western\b|police\b|border\b|both\b|many\b|"
    r"(?:people|persons|those|diplomats|workers|engineers|eyewitnesses|witnesses|villagers|locals|employees|insiders)\s+(?:familiar|close|briefed|with\s+knowledge|involved|in|at|from|of)\b)"
)
# "..., industry minister Andrei Kuznetsov said": a role in small letters, where it follows a comma or a quotation
ROLE_FIRST = re.compile(
    r"(?:[a-z][\w-]*\s){0,4}(?:minister|president|chief|commander|governor|mayor|general|colonel|spokes\w+|director|head|officials?|"
    r"analysts?|experts?|police|officers?|inspectors?|economists?|professors?|academics?|lawyers?|diplomats?|envoy|strategists?|consultants?|"
    r"senator|journalists?|correspondents?|farmers?|doctors?|executives?|lecturer|campaigners?|authors?|advis[eo]r|leader|ministry|service|army|military|company|secretary|ambassador|chairman|engineers?|"
    r"researchers?|lawmaker|premier|marshal|admiral|captain|prosecutors?|agency|guard|command|blogger|activists?|sources?|residents|"
    r"rescuers|manager|boss|founder|owner|partisans|volunteers|soldier|pilot|witnesses|scientists?|historian|institute|forces|firm|group)\b"
)
ACCORDING = re.compile(
    r"\b(?:according to|in the words of|cited by|quoted by|provided by|based on(?=[^.;,]{3,60}?\s(?:data|figures|statistics|records|reports)\b)|per|"
    r"(?:as\s+(?:was\s+|were\s+)?)?(?:reported|stated|announced|confirmed|published|released|estimated|told|said|communicated)(?:\s+(?:on|in|via|at|to)\s+(?:(?!that\b)[\w'’-]+\s+){1,4}?|\s+)by)\s+(?P<who>(?:the\s+|a\s+|an\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,9})",
    re.IGNORECASE,
)
CITING = re.compile(
    r"\b(?P<verb>citing|quoting|with reference to|referring to|relaying|who cited|which cited)\s+(?P<who>(?:the\s+|an?\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,9})",
    re.IGNORECASE,
)
QUOTED = re.compile(
    r"\b(?:was|were|is)\s+(?:quoted|cited)\s+by\s+(?P<who>(?:the\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,5}?)\s+as\b|\bquoted\s+(?P<who2>[\w'’.-]+(?:\s+[\w'’.-]+){0,7}?)\s+as\s+saying|\bin\s+an?\s+(?:interview|comment|briefing|statement|remarks)\s+(?:with|to|for)\s+(?P<who3>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,4})"
)
# "They build 300 a month, she said", "In 2026 we counted"
PRONOUN_SUBJECT = re.compile(
    r"(?:[,;”\"»]\s*(?:and\s+|but\s+)?|^\W*(?:In|By|Since|On|At|During)\s+(?:\w+\s+){1,3}?)(?P<who>he|she|they|we|i)\s+(?:(?:also|later|then|further|had|has|have)\s+)*$",
    re.IGNORECASE,
)
PAPER = re.compile(
    r"(?:\w+\s+)?(?:documents?|papers?|letters?|minutes|files?|memos?|sources?|reports?|statements?|data)",
    re.IGNORECASE,
)
AGED = re.compile(r",\s*(?:aged\s+)?\d{1,3}\s*,\s*$")
# "Moscow's stated goal": a participle before its noun is no verb
PARTICIPLES = frozenset(
    {
        "stated",
        "announced",
        "declared",
        "published",
        "reported",
        "claimed",
        "promised",
        "pledged",
        "estimated",
        "expected",
        "revised",
        "issued",
        "released",
    }
)
HIS_WORDS = re.compile(
    r"\baccording\s+to\s+(?:him|her|them)\b|\b(?:according\s+to|by|in|as\s+per)\s+(?:his|her|their)\s+(?:own\s+)?(?:words|account|estimates?|count|calculations?|data|information)\b",
    re.IGNORECASE,
)
REPORT_BY = re.compile(
    r"\b(?:reports?|article|story|dispatch|investigation|account)\s+(?:by|in|from|of)\s+(?P<who>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,4})(?=\s+(?:that|which|saying|claiming|about|of|according)\b)|"
    r"\b(?:quoted|cited)\s+by\s+(?P<quoting>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,3})(?=\s*[,.;]|\s+[a-z])"
)
# Patterns are tried only where a sign of them stands in the sentence: most have none
PRONOUN_SIGNS = (" his", " her", " him", " their", " them")
REPORT_SIGNS = ("report", "article", "story", "dispatch", "investigation", "account", "quoted by", "cited by")
ACCORDING_SIGNS = ("ccording to", " by ", "words of", "per ", "Per ", "ased on")
CITING_SIGNS = ("iting", "uoting", "refer", "elaying", "cited")
CUT = re.compile(
    r"\s+(?:on|in|at|that|which|who|and|but|about|during|after|before|as|this|last|said|says|over|since|while|when|has|have|had|by|for|with|were|was|is|are|told|shot|the\s+number|via|citing|published|released|found|shows?|quoted|cited)\b.*$|\s+\d.*$"
)
LABEL = re.compile(
    r"^\W{0,3}(?:\d{1,2}[:.]\d{2}\s*(?:[—–-]\s*|\|\s*)?)?(?P<who>[A-ZÀ-ÞŠŽČ][\w.'’/ -]{1,48}?)\s*(?:\((?:(?P<name>[A-Z][\w.'’-]+ [\w.'’ -]{2,40})|[\w.,'’ -]{2,40})\)\s*)?:\s+(?=\S)"
)
# "The governor of Kursk on his channel: ...", "Zelensky on Telegram: ..."
LABEL_ON = re.compile(
    r"^\W{0,3}(?P<who>(?:The\s+)?[A-ZÀ-ÞŠŽČ][\w.'’/ -]{1,48}?)\s+(?:on|via|in)\s+(?:(?:his|her|its|their|a|the)\s+)?(?:own\s+)?(?:official\s+)?"
    r"(?:channel|Telegram|Facebook|Twitter|X|Instagram|Bluesky|Viber|radio|television|TV|post|message|statement|video)(?:\s+(?:channel|address|post|message))?(?P<name>\b)?:\s+(?=\S)"
)
NOT_LABEL = re.compile(
    r"^(?:on|in|at|by|for|with|as|to|under|after|before|since|during|update|updated|correction|clarification|note|editor|photo|image|source|sources|read|see|also|watch|shot down|lost|launched|downed|destroyed|intercepted|total|result|results|breaking|live|summary|date|published|retraction|[qa](?! \w)|question|answer|key|background|in brief|what|who|when|how|why|drones|balloons|uavs|shaheds|objects|alarms|losses|crossed|hit|hits|figures?|by the numbers|analysis|explainer|opinion|as it happened|delivered|produced|capacity|plan|goal|target|output|weekly|monthly|daily|annual|yesterday|today|overnight|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|type|region|week|night|production|exclusive|interview|caption|video|recap|timeline|facts|fact check|conclusion|risks?|consensus|outlook|bottom line|status|verdict|rating|claims?|why it matters|what next|quotes?|details?|recall|reminder|literally|context|reference|for reference|of these|of them|among them)\b",
    re.IGNORECASE,
)


# "Lithuania: 52 balloons" is a heading, "Lithuania: we saw 52" a speaker
COUNT = re.compile(
    r"(?:(?:about|around|some|over|nearly|up\s+to|at\s+least|at\s+most|(?:no\s+)?(?:more|fewer|less)\s+than)\s+)?(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|\w+teen\b|\w+ty\b)",
    re.IGNORECASE,
)
