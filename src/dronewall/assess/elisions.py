"""The words around a figure whose noun is left out, by which `elided` knows that it counts something of ours."""

import re

ELIDED_AFTER = re.compile(
    r"\s*(?:(?:of\s+(?:them|these|those|which|the\s+(?:total|latter|devices|objects))|others?|more|further|additional|out of)\b|"
    r"(?:were|was|have been|had been|has been|are|is being|are being)\b|(?:have|had|has)\s+(?:already\s+|since\s+|also\s+|now\s+)?(?:gone|come|flown|arrived|crossed|entered|fallen|crashed|landed|hit|reached|struck|got|left|disappeared|vanished|exploded|strayed|drifted|returned|turned|gotten)\b|(?:fell|crashed|disappeared|vanished|failed|reached|hit|crossed|entered|returned|flew|landed|struck|went|got|did|do|does|did not|didn['’]t|violated|made it|came|penetrated|strayed|remained|drifted|carried|exploded|detonated|circled|burned|bore|contained|passed|hovered|dived|hung|circles)\b|"
    r"(?:shot down|(?:brought|taken|forced)\s+down|down(?=\s*(?:[.,;:)]|$|overnight|so\s+far|\())|downed|lost|destroyed|intercepted|launched|neutrali[sz]ed|suppressed|delivered|produced|built|jammed|detected|fired|hit|landed|confirmed)\b)",
    re.IGNORECASE,
)
ELIDED_BEFORE = re.compile(
    r"(?:shot\s+down|downed|downing|intercept(?:ed|ing)|destroy(?:ed|ing)|launch(?:ed|ing)|lost(?:\s+track\s+of|\s+contact\s+with)?|losing|neutrali[sz](?:ed|ing)|suppressed|shooting\s+down|knocked\s+out|fired|brought\s+down|jammed|detected|recorded|counted|produced|built|building|producing|"
    r"delivered|received|acquire[ds]?|purchase[ds]?|made|making|supplied|sent|bought|used|ordered|manages?|managed|achieves?|achieved|expects|expected|forecasts?|predicts|envisages|targets|build|produce|manufacture|assemble|deliver|launch|buy|send|"
    r"supply|make|use|flown|flew|flies|fields|operates|(?:to|will|would)\s+reach|put(?:s|ting)?\s+(?:(?:it|(?:the|its|their|that|this)\s+(?:[\w-]+\s+){1,4}?)\s*)?at|showed|shows|numbered|lose|loses|downs|launches|produces|builds|makes|fired|found|seized|registered|options?\s+(?:for|on)|another|a\s+further|a\s+total\s+of|the\s+other|the\s+remaining|confirm(?:s|ed)|of\s+which|of\s+them)\s+$",
    re.IGNORECASE,
)
DRONE_NOUN = re.compile(
    r"\b(?:(?:drone|UAV|quadcopter|Shahed|Geran|FPV|unmanned aircraft)s?(?:[-\s][\w-]+)?[\s-]+(?:production|output|manufactur\w+|deliver(?:y|ies)|launches|capacity|fleet|stock(?:pile)?|target|goal|purchases?|losses|incursions|flights|numbers?|procurement|plan|count|tally)|"
    r"(?:production|output|capacity|deliver(?:y|ies)|launches|losses|number|total|tally|count|fleet|supply|stock|quantity|amount|assembly|manufactur\w+|figure)\s+(?:\w+\s+){0,3}?(?:of|for)\s+(?:(?!million|thousand)[\w'’/-]+\s+){0,5}?(?:drones|UAVs|Shaheds?(?:-\d+)?|Gerans?(?:-\d+)?|FPVs?|quadcopters|balloons|unmanned\s+(?:aerial\s+)?(?:vehicles|aircraft|systems)|drone))\b",
    re.IGNORECASE,
)
# "Of these, 71 were multicopters, 18 of fixed-wing construction and 7 of unknown type"
PARTITION = re.compile(
    r"\W*(?:Of|Among|Out\s+of|From)\s+(?:these|them|those|which|that\s+number|this\s+number|the\s+total|all\s+of\s+(?:these|them))\b",
    re.IGNORECASE,
)
PART = re.compile(
    r"\s*(?:[,;.)]|$|(?:and|of|were|was|are|had|have|has|remain\w*|could|did|came|got|fl(?:y|ew|ies)|work(?:s|ed)?|in|over|on|by|from|to|as)\b)",
    re.IGNORECASE,
)
PREDICATE = re.compile(
    r"(?:\s+of\s+(?:them|these|those|which))?\s+(?:were|are|was|is)\s+(?:classified\s+as\s+|identified\s+as\s+)?(?P<words>(?:[\w-]+\s+){0,2}?(?:[\w-]*copters|[\w-]*drones|UAVs|decoys|balloons|quadcopters|Shaheds|Gerberas|FPVs))\b",
    re.IGNORECASE,
)
AS = re.compile(
    r"\s+as\s+(?:[\w-]+\s+){0,2}?(?:[\w-]*copters|[\w-]*drones|UAVs|decoys|balloons|Shaheds)\b", re.IGNORECASE
)
UNKNOWN = re.compile(
    r"\s+(?:remain(?:s|ed)?|stay(?:s|ed)?|are|were)\s+(?:still\s+)?(?:unidentified|unknown|unclear|unclassified)\b",
    re.IGNORECASE,
)
# "Close to 25 could not be named": a subject without its noun at the head of a sentence
BEGINS = re.compile(
    r"\s+(?:could|can|cannot|may|might|remain(?:s|ed)?|stayed)\b(?!\s+not\s+be\s+(?:reached|contacted)|\s+not\s+(?:attend|comment))",
    re.IGNORECASE,
)
# '"Eleven," says the mayor'; "; ten thousand, say the Ukrainians"
ALONE = re.compile(r"\s*(?:so\s+far|in\s+all|of\s+them|by\s+now|this\s+\w+|last\s+\w+)?\s*[,.!?]?\s*[”\"»]")
SAYS = re.compile(r",\s+(?:says?|said|guess(?:es|ed)?|reckons?|reckoned|thinks?|believes?|claims?|writes?)\b")
OUTPUT_IS = re.compile(
    r"\b(?:[Oo]utput|[Tt]he\s+(?:plan|target|goal|quota|aim)|[Pp]roduction|[Cc]apacity|[Ss]tocks?|[Dd]eliveries|[Ll]osses)(?:[^,;.]{0,40}|,[^,;.]{0,40},)\s(?:is|was|were|are|will\s+be|would\s+be|has\s+been)(?:\s+to\s+be)?\s+$"
)
VALUE_IS = re.compile(
    r"\b(?:figure|number|count|total|tally|value|result|actual|record|peak|maximum|mean|average)\b(?:[^,;]{0,40}|,[^,;]{0,40},)"
    r"\s(?:is|was|were|had\s+been|reached|stands\s+at|stood\s+at)\s*$",
    re.IGNORECASE,
)
# "I would say between 25 and 30", "It will be fewer than 60,000", "a little over 600 at Odesa alone"
BARE_AFTER = re.compile(
    r"\s*(?:[.,;)”\"]|$|(?:in|over|by|from|on|since|last|this|during|and|or|but|while|at|against|for|alone|as|because|so|near|above|towards?|"
    r"annually|monthly|weekly|daily|next)\b)",
    re.IGNORECASE,
)
# "34 were brought down by jamming, two by other means": the verb is left out, too
VERB_LEFT_OUT = re.compile(
    r"(?:,|;|\band|\bincl\.)\s+(?:and\s+)?(?:another\s+|the\s+other\s+|a\s+further\s+|only\s+|just\s+)?$"
)
MANNER = re.compile(r"\s+(?:by|with|over|in|near|off|above|around|outside|from|along|to|towards|inside)\b(?!\s+\d)")
IN_THE_AIR = re.compile(r"\b(?:in\s+the\s+(?:air|sky)|airborne|aloft)\b", re.IGNORECASE)
PLUS = re.compile(r"(?:^|\s)\+\s?$")
GAPPED = re.compile(r"(?:[,;]|\band)\s+(?:and\s+)?[A-ZÀ-Ž][\w'’-]+(?:\s+[A-ZÀ-Ž][\w'’-]+)?\s+$")
# "Deliveries of the first 300 are due"; "made 2,738 drones; in 2024, 5,760"
ORDINAL = re.compile(r"\bthe\s+(?:first|last|next|remaining|other)\s+$", re.IGNORECASE)
WHEN_BEFORE = re.compile(
    r"[;,]\s*(?:and\s+|but\s+)?(?:(?:in|by|for|during)\s+(?:(?:early|late|all\s+of)\s+)?(?:(?:19|20)\d\d|[A-Z][a-z]+(?:\s+(?:19|20)\d\d)?)|(?:(?:in|for)\s+)?(?:the|a)\s+(?:year|month|week|night|day)\s+(?:before|earlier|after|later))\s*,?\s*(?:about\s+|some\s+|only\s+)?$"
)
NO_NOUN = re.compile(
    r"\s*(?:[,.;)”\"]|$|(?:in|over|by|from|on|since|last|this|during|and|or|but|while|to|a|per|each|every|were|was|had|have|has|turned|got|at\s+(?:best|worst|most|present|once|first|last)|of\s+(?:them|these|those|which))\b|\w+ed\b)",
    re.IGNORECASE,
)
NUMBER_OF = re.compile(
    r"\b(?:page|chapter|article|paragraph|line|no|number|nr|section|table|figure|aged?|at|on)\.?\s+$", re.IGNORECASE
)
TURNED = re.compile(
    r"\s+(?:turned|crossed|returned|vanished|disappeared|crashed|landed|circled|entered|reached|strayed|drifted|veered|exploded|detonated|passed|"
    r"approached|failed|missed|flew|fell|got\s+(?:through|away)|went\s+(?:missing|down)|came\s+down|made\s+it|broke)\b"
)
# "lost two brothers", "sent 19 F-16s": the noun is there, and it is none of ours
FOREIGN = re.compile(
    r"(?:\s+[A-Z][a-z]+(?:ian|an|ish|ese|ch|i))?\s+(?P<one>[a-z][a-z-]+)(?:\s+(?P<two>[a-z][a-z-]+))?|\s+(?P<model>[A-Z][A-Za-z]*-?\d+\w*)"
)
WHOM = re.compile(r"\bof\s+whom\b|\bwho\b[^,;]{0,24}$")
NOT_PLURAL = frozenset(
    [
        "was",
        "is",
        "has",
        "this",
        "its",
        "less",
        "plus",
        "as",
        "across",
        "versus",
        "towards",
        "besides",
        "perhaps",
        "always",
        "others",
        "thus",
        "yes",
        "us",
        "does",
        "goes",
        "vs",
        "times",
    ]
)
OTHER_TALK = re.compile(
    r"\b(?:prices?|costs?|shares|temperatures?|speeds?|altitudes?|heights?|fines?|salar(?:y|ies)|budgets?|tax(?:es)?|scores?|votes?|voted|goals?|inflation)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\s*(?:,|(?:in|last|this)\s+[A-Z]?\w+(?:\s+\d{4})?)?\s*(?:to|then|and\s+then|and\s+in\s+[A-Z]\w+)\s+(?:only\s+|just\s+)?",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\s+(?:(?:for|of|from|by|to|at|rose|fell|grew|another|further|only|just|some|about|the|a|total|average|reached|stood|was|is|in\s+\w+)\s+){0,4}",
    re.IGNORECASE,
)
# "... and killed 4"
HARMED = re.compile(
    r"\b(?:kill|wound|injur|hurt|arrest|detain|evacuat|displac|employ|hospitali[sz])(?:ed|es|e|s|ing)?\s+(?:another\s+)?$",
    re.IGNORECASE,
)
# "100 thousand is quite enough"
ENOUGH = re.compile(
    r"\s+(?:is|are|was|were|would\s+be|will\s+be|would|will)\s+(?:\w+\s+){0,2}(?:enough|sufficient|plenty|too\s+(?:many|few|much)|needed|required)\b",
    re.IGNORECASE,
)
# "Not ten, as we wrote, but two drones"
BUT = re.compile(
    r"[^.;]{0,60}\bbut\s+(?:only\s+|just\s+)?(?:\d[\d,.]*|[a-z-]+)\s+(?:[\w-]+\s+){0,2}?(?:drones?|UAVs?|balloons?|quadcopters?|Shaheds?)\b"
)
THERE_WERE = re.compile(
    r"\b(?:(?:it|that)['’]s|(?:it|there|that|the\s+figure)\s+(?:was|were|is|are|(?:may|might|could|will|would)\s+be)|(?:we|they)\s+(?:have\s+|had\s+)?(?:had|have|saw|see|seen|got)|(?:we|they|it|he|she|which)\s+(?:will|shall|would|should)\s+(?:then\s+|soon\s+)?(?:have|get|own|field)|(?:sure|certain|kn[eo]wn?|knows|aware|talk(?:s|ed|ing)?|sp(?:eak(?:s|ing)?|oken?)|heard)\s+(?:about|of))\s+(?:only\s+|just\s+|even\s+|already\s+)?$",
    re.IGNORECASE,
)
# "42 - over the Bryansk region, 21 - over the Smolensk region"; "a quarter, or about 52"; "half a million the year after"
SHARED_OUT = re.compile(r"\s*[-–—]\s+(?:over|in|above|on|near)\b", re.IGNORECASE)
PERIOD_AFTER = re.compile(
    r"\s+(?:(?:in|by|for|during)\s+)?(?:(?:the|that|this|a)\s+)?(?:year|month|week|day|night)\s+(?:after|before|later|earlier)\b|\s+(?:in|by|for)\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
SHARE_BEFORE = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|per\s?cent|%|share|majority|most|rest)\s*,\s*or\s*$", re.IGNORECASE
)
PER_HEAD = re.compile(r"\s*of\s+(?:[\w-]+\s+){0,2}?(?:people|persons|regions|cities|days|hours)\b", re.IGNORECASE)

# "Twenty-three, since the first of January.": an answer without a verb
FRAGMENT = re.compile(
    r"\s*(?:,\s*)?(?:(?:since|in|over|so\s+far|last|this|from|until|up\s+to|by|during|near|at|for)\b[^.;:]{0,60})?[.!…]*[\"”»]?\s*$"
)
# "One was, by a Canadian crew": the verb of the question before
AUXILIARY = re.compile(r"\s+(?:was|were|did|had|has|have|do|does)\s*(?:[,.;]|$)")
# "6 out of 22 tankers", "posts 70 times a day": what is counted stands further on
OUT_OF_OTHERS = re.compile(
    r"\s+(?:(?:out\s+)?of|in)\s+(?:(?:the|all|some|its|their|about)\s+)*(?:\d[\d,.]*|[a-z-]+(?:teen|ty)|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred)\s+(?P<words>(?:[a-z-]+\s+)?[a-z]+s)\b"
)
# "Ukrainian drones, 40 in all, flew over the gulf"
IN_ALL_BEFORE = re.compile(
    r"\b(?:drones|UAVs|balloons|quadcopters|Shaheds)\s*[,(–—-]\s*(?:(?:about|some|around|nearly)\s+)?$"
)
IN_ALL = re.compile(r"\s+(?:in\s+all|altogether|in\s+total|all\s+told|in\s+number)\b")
TIMES = re.compile(r"\s+times\b")
IT_WAS = re.compile(r"\b(?:it|there|that)\s+(?:was|were|is|are)\s+$", re.IGNORECASE)
# "5,337. That is how many drones came in April."
HOW_MANY = re.compile(
    r"\s*[.:—–-]?\s*(?:That|This|So|It)\s+(?:is|was|were|many)\s*(?:how\s+many|the\s+number\s+of)?\s+(?:[\w-]+\s+){0,3}?(?P<noun>drones|UAVs|balloons|Shaheds|quadcopters|unmanned)\b"
)
FROM_TO = re.compile(r"\s+(?:[a-z]+\s+)?to\s+(?:[a-z]+\s+){0,2}")
# "Suppose Moscow sends two hundred next time"
SENDS = re.compile(
    r"\b(?:Russia|Russians|Moscow|Iran|Minsk|Belarus|Ukraine|Kyiv|Houthis|enemy|they|it)\s+(?:has\s+|had\s+|could\s+|can\s+|might\s+|may\s+|will\s+|would\s+)?(?:sends?|sent|launch(?:es|ed)?|fires?|fired)\s+$"
)
# The name before an answer: "OZOLA: One was."
ANSWERING = re.compile(r"^\W*[A-ZÀ-Þ][\w.'’-]*(?:\s+[A-ZÀ-Þ][\w.'’-]*){0,3}(?:,[^:]{2,60})?:\s*$")
# "Five we can explain"
FRONTED = re.compile(r"\s+(?:of\s+(?:them|these|those)\s+)?(?:we|I|they|you)\b")
# "18,000 units this year (2025: 11,500)"
OF_YEAR = re.compile(
    r"\(\s*(?:in\s+)?(?:(?:19|20)\d\d|Q[1-4](?:\s+(?:19|20)\d\d)?|(?:first|second)\s+half\s+(?:of\s+)?(?:19|20)\d\d|[A-Z][a-z]{2,8}(?:\s+(?:19|20)\d\d)?|(?:last|previous|prior)\s+year|"
    r"a\s+year\s+(?:ago|earlier|before)|year[- ]ago)\s*:\s*(?:about\s+|some\s+|only\s+)?$"
)
# "The number rose from 203 in the first year to 966 in the second and 1,544 in the third"
NUMBER_ROSE = re.compile(
    r"\b[Tt]he(?:ir|\s+annual|\s+monthly|\s+total)?\s+(?:number|count|total|tally|figure)\s+(?:(?:then|has|had|thus|also)\s+)*(?:rose|risen|grew|grown|fell|fallen|went|gone|climbed|dropped|increased|jumped|doubled|trebled|shrank)\b[^.;]{0,90}?(?:\bfrom|\bto|\band|,)\s+(?:only\s+|just\s+|about\s+|some\s+)?$"
)
# "With 24 we could cover three airfields; with 60, all of them"
WITH_SO_MANY = re.compile(r"\b[Ww]ith\s+(?:only\s+|just\s+|about\s+|some\s+)?$")
WE_COULD = re.compile(r"\s*(?:,|we\b|I\b|they\b|it\b|one\b|you\b)")
OF_WHICH = re.compile(r",\s+(?:out\s+)?of\s+(?:which|whom|these|them)\s+(?:[a-z]+\s+){0,2}$")
MANY_OF = re.compile(
    r"\b(?:dozens|scores|hundreds|thousands)\s+of\s+[\w\s-]*[\"”»]?,\s+(?:out\s+)?of\s+\w+\s+(?:[a-z]+\s+){0,2}$"
)
# "He said 30."
SAID = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey)\s+(?:had\s+|actually\s+|in\s+fact\s+|only\s+)*(?:said|wrote|meant|told\s+us)\s+$|\b(?:named|mentioned|(?:had|has)\s+said)\s+$"
)
# "Largest raid: 216"
LARGEST = re.compile(
    r"\b(?:largest|biggest|highest|record|worst|heaviest)\s+(?:single\s+)?(?:\w+\s+)?(?:raid|night|attack|day|wave|salvo)\b|"
    r"^\W*(?:quietest|calmest|busiest|lowest|highest|fewest|most)(?:\s+(?:night|day|week|month|raid))?$|\b(?:average|mean|median)\s+(?:per|a|each)\s+(?:day|night|week|month)$",
    re.IGNORECASE,
)
HELD_AGAINST = re.compile(
    r"\0\s*of\s+(?:them|these|those)\b|\b(?:against|compared\s+(?:with|to)|up\s+from|down\s+from|after)\s+(?:only\s+|just\s+|some\s+|about\s+)?\0"
)
# "well short of the 4,000 that it had promised"
THE_PROMISED = re.compile(
    r"\s+(?:that\s+|which\s+)?(?:it|they|he|she|we|the\s+\w+|[A-Z]\w+)\s+(?:had\s+|has\s+|have\s+)?(?:been\s+)?(?:promised|planned|guided|pledged|ordered|aimed|targeted|forecast|announced|expected|hoped|wanted|built|launched|lost|made|delivered|received|shot|counted|sent|used)\b"
)
# "All 287 have been found": those that were counted before
ALL_OF_THEM = re.compile(r"(?:^|[\"“«]|\s)[Aa]ll\s+(?:of\s+the\s+|the\s+)?$")
# "Originally 36 were to be in service", "Last September's 21 remain the exception"
WERE_TO = re.compile(
    r"\s+(?:were|was|are)\s+to\s+(?:have\s+)?(?:been?|come|arrive|fly|go|enter|be)\b|\s+remain(?:s|ed)?\s+the\b"
)
# "24 are still to come"
STILL = re.compile(
    r"\s+(?:are|were|is|was)\s+(?:still\s+|yet\s+)?(?:to\s+(?:come|follow)|outstanding|on\s+order|missing|left|in\s+(?:use|service|stock)|airworthy)\b"
)
# "At six thousand euros apiece that makes twelve million": a sum
SUM = re.compile(r"\b(?:that|which|this|it)\s+(?:makes|comes\s+to|adds\s+up\s+to|amounts\s+to)\s+(?:\w+\s+)?$")
