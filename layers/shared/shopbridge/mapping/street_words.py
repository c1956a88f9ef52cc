"""The words and patterns that tell a house number from a floor, a flat, a year or a street's own number."""

import re

_ROMAN = r"(?-i:[IVX]{1,4})"
_WORD_END = r"(?![^\W_])"
_MARKERS = r"huisnummer|huisnr|hausnummer|haus-?nr|nummer|numéro|numero|number|núm|num|nr|no|n[°º]|č|№|\#"

NUMBER_FIRST = frozenset("AU CA FR GB GG GF GP HK IE IM IN JE LU MC MQ MT NZ RE SG UK US YT ZA".split())
"""Countries that write the house number before the street."""

FLAGS = re.IGNORECASE | re.VERBOSE

MARKED = re.compile(rf"(?P<street>.*?)(?:^|[\s,(])(?:{_MARKERS})\.?\s*:?\s*$", FLAGS)
"""A street part that ends in a word for "number"."""

LEADING_MARKER = re.compile(rf"(?:{_MARKERS})\.?\s*:?\s*(?=[0-9])", FLAGS)

HOUSE_NUMBER = re.compile(r"(?:(?<![^\s,.(])(?<![0-9]\.)|(?<=[^\W\d_]{4}))[0-9]{1,5}(?![0-9])")
"""Digits that begin a word, or are stuck to a word of four letters or more ("Dorpsstraat12")."""

ORDINAL = re.compile(
    r"""[0-9]+ (?: \s?(?:de|ste|ème|eme|ère|er|re|nd|st|rd|th|º|ª)(?![^\W_]) | \.\s+[^\W\d_] )""", FLAGS
)
ORDINAL_E = re.compile(r"[0-9]+e(?![^\W_])")
"""An ordinal in Dutch and French; in Britain "2e" may be a flat."""

FLOOR = re.compile(
    r"""[0-9]+ \s? (?:\.|e|ste|de|ème|eme|er|ère|º|ª|°|th|st|nd|rd)? \s?
        (?:og|ug|obergeschoss|stock|stockwerk|etage|étage|verdieping|verd|floor|piso|planta|piano|emelet|em|etaj
          |patro|piętro|tv|th|mf|sal|[A-D](?=$))(?![^\W_])""",
    FLAGS,
)

ADDITION = re.compile(
    rf"""
      \s*[-–—/+&]\s*[0-9]{{1,5}}[^\W\d_]?          # 12-14, 12/2/14, 12 - 14b
    | \s*(?:bis|t/m|tot|à|a|au|et|to|and)\s+[0-9]{{1,5}}[A-Za-z]?   # 12 bis 14, 12 t/m 16
    | \s*[½¼¾] | \s[13]/[234]                       # 12 1/2
    | \s*[-/]?\s*(?:bus|bte|boîte|boite|box|top|tür|tuer|stiege|stg|lokal|lok|m|kv)[.:]?\s?[0-9A-Z]{{1,4}}
    | \s*[-/]?\s*(?:[0-9]|{_ROMAN})?[-\s]?(?:hoog|hg)
    | \s*[-/]?\s*(?:bis|ter|quater|huis|hs|zwart|zw|rood|rd|wit|boven|beneden|onder|achter|voor|bg|bv)
    | \s*[-/]?\s*{_ROMAN}
    | [-/]?[^\W\d_]{{1,3}}[0-9]{{0,3}} | \s?[-/]\s?[^\W\d_]{{1,3}}[0-9]{{0,3}}   # 12b, 12-hs, 12/B, 12-A2
    | \s[A-Z](?:\s?[0-9]{{1,3}})?(?!['’.])          # 12 a
    """,
    FLAGS,
)
"""What may follow a house number and belongs to it; tried again and again until it no longer fits."""

PLAIN_ADDITION = re.compile(r"\s[0-9]{1,4}(?![^\W_])")
"""A second number after the first: "Kerkstraat 12 3"."""

LEADING_ADDITION = re.compile(
    r"""\s?[-–—/+&]\s?[0-9]{1,5}[A-Z]?           # 12-14 rue, 12a-12c
      | \s(?:à|a|au|et|to|and)\s[0-9]{1,5}[A-Z]?  # 12 à 14 rue
      | \s*[½¼¾] | \s[13]/[234]
      | [-/\s]?(?:bis|ter|quater|quinquies)
      | [-/]?[A-Z]
      | \s(?-i:[A-Z])(?=,|\s)""",
    FLAGS,
)
COMPASS = re.compile(r"\s[NESW](?=\s)")
"""In America a lone letter after the number is a direction: "1 E Main St"."""

_UNIT = (
    r"flat|unit|apartment|apartament|apartmán|apt|app|appt|appartement|appartment|suite|room|studio\snr|whg|wohnung"
    r"|zimmer|raum|etage|étage|floor|ground\sfloor|first\sfloor|second\sfloor|top\sfloor|kamer|block|blok|bloc|bl"
    r"|building|bldg|gebouw|gebäude|geb|bâtiment|batiment|bât|bat|bâtt|immeuble|résidence|residence|rés"
    r"|escalier|esc|porte|hall|tour|entrée|entree|scara|sc|etaj|et|ap|haus|aufgang|eingang|lot|hangar|loods|stand"
    r"|lgh|leilighet|byt|mieszkanie|interno|int|scala|piso|puerta|pta|portal|planta|andar"
)
UNIT = re.compile(rf"(?:{_UNIT})(?:\.|(?![^\W_]))|\#\s?[0-9]|(?:eg|og|ug|dg|hh|vh|rc|rdc)(?![^\W_])", FLAGS)
"""Begins a part that names a flat, floor or building and not a street."""

NAMED_UNIT = re.compile(
    rf"(?P<unit>(?:{_UNIT})\.?\s?(?:nr\.?\s?|no\.?\s?)?(?:[0-9]+(?:[-/][0-9A-Z]+)?[A-Z]?|[A-Z])(?:[-/][0-9]+)?)[,\s]+",
    FLAGS,
)
"""A flat in front of the street without a comma: "Flat 2 14 Station Road"."""

LAST_UNIT = re.compile(
    r"\s(?P<unit>(?:flat|unit|apartment|apt|suite|ste|room|appt|appartement|bâtiment|bât|bat|\#)\.?\s?[0-9A-Z]{1,4})$",
    FLAGS,
)

CARE_OF = re.compile(
    r"(?:c/o|p/a|t\.?\s?a\.?\s?v\.?|z\.?\s?hd\.?|ter\sattentie|chez|bei|attn?|à\sl['’]attention|care\sof)(?![^\W_])",
    FLAGS,
)
AFTERTHOUGHT = re.compile(
    r"""\s*[(\[] | \s+[-–—]\s | \s+(?:hinterhaus|vorderhaus|seitenflügel|gartenhaus|rückgebäude|rgb|erdgeschoss
        |links|rechts|mitte|achterom|naast|boven|beneden|ingang|parterre|souterrain)(?![^\W_])""",
    FLAGS,
)
"""Begins a remark after the house number."""

BOX = re.compile(
    r"""(?P<name>postbus|postfach|p\.?\s?o\.?\s?box|box\spostal|boîte\spostale|bp|b\.p\.|packstation|postfiliale
        |paketbox|apartado(?:\sde\scorreos)?|casella\spostale|caixa\spostal|postboks|postbox|boks|locked\sbag
        |private\sbag|antwoordnummer|csuţa\spoştală|skrytka\spocztowa)
        \s*(?:nr\.?|no\.?|n°|:)?\s*(?P<digits>[0-9][0-9 ]*)$""",
    FLAGS,
)
"""A post office box or parcel locker: its digits may be grouped."""

_MONTH = (
    r"januar[iy]?|jänner|februar[iy]?|maart|märz|march|april|avril|aprile|mai|mei|may|maggio|mayo|maja|juni|june|juin"
    r"|juli|july|juillet|august|augustus|août|aout|september|septembre|setembro|oktober|october|octobre|outubro"
    r"|november|novembre|novembro|dezember|december|décembre|decembre|janvier|février|fevrier|mars|giugno|luglio"
)
YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-4][0-9]")
AFTER_MONTH = re.compile(rf"(?:^|.*\s)(?:{_MONTH}),?\s*$", FLAGS)
BARE_STREET = re.compile(
    r"(?:straße|strasse|str\.?|weg|plein|laan|platz|allee|square|place|rue|avenue|calle|carrera|route|ulica|[A-U])\s*$",
    FLAGS,
)
"""A whole street part that is no name without its number: "Plein 1944", "Straße 101", the square "Q 7"."""

FRENCH_STREET = re.compile(
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|blvd|place|pl\.?|chemin|quai|impasse|allées?|route|cours|square|passage|sentier"
    r"|ruelle|faubourg|fbg|chaussée|drève|clos|rond-point|venelle|esplanade|promenade|montée|résidence|lotissement)\s",
    FLAGS,
)
