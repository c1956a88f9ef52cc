"""The words and patterns that tell a house number from a floor, a flat, a year, a postcode or a name's own number.

Patterns ignore case unless a group says otherwise. Each stands alone: nothing here decides, street.py does.
"""

import re

FLAGS = re.IGNORECASE | re.VERBOSE

FRENCH = frozenset(("FR", "GF", "GP", "LU", "MC", "MQ", "RE", "YT"))
"""Countries that write the house number first, and ordinals as "2e"."""
BRITISH = frozenset(("AU", "GB", "GG", "HK", "IE", "IM", "IN", "JE", "MT", "NZ", "SG", "UK", "ZA"))
"""They write the house number first, too."""
AMERICAN = frozenset(("CA", "US"))
"""And they have numbers of up to five digits, and "1 E Main St", where the lone letter is a direction."""
NUMBER_FIRST = FRENCH | BRITISH | AMERICAN

_END = r"(?![^\W_])"
_ROMAN = r"(?-i:[IVX]{1,4})"
_MARKER = r"(?:huisnummer|huisnr|hausnummer|haus-?nr|nummer|number|numéro|numero|núm|num|nr|no|n[°º]|č|№|\#)\.?\s?:?"

# --- the number -----------------------------------------------------------------------------------------------------

HOUSE_NUMBER = re.compile(r"(?:(?<![^\s,.(°º#:№])(?<![0-9]\.)(?<!\b[^\W\d_]\.)|(?<=[^\W\d_]{4}))[0-9]{1,4}(?![0-9])")
"""Digits that begin a word, or stick to a word of four letters and more ("Dorpsstraat12"). Five are a postcode."""

LEADING_NUMBER = re.compile(rf"(?:{_MARKER}\s?)?(?P<digits>[0-9]{{1,5}})(?![0-9])", FLAGS)

MARKED = re.compile(rf"(?P<street>.*?)(?:^|[\s,(]){_MARKER}\s*", FLAGS)
"""A street part that ends in a word for "number"."""

ORDINAL = re.compile(rf"[0-9]+(?:(?:de|ste|ème|eme|ère|er|re|nd|st|rd|th|º|ª){_END}|\.\s+[^\W\d_])", FLAGS)
ORDINAL_E = re.compile(rf"[0-9]+e{_END}")

YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-4][0-9]")

_FLOOR = rf"""[0-9]{{1,2}} \s? (?:\.|e|ste|de|ème|eme|er|ère|º|ª|°|th|st|nd|rd)? \s?
    (?:og|ug|obergeschoss|stock|stockwerk|etage|étage|verdieping|verd|floor|piso|planta|piano|emelet|em|etaj
      |patro|piętro|tv|th|mf|sal){_END}"""
_POSTCODE = rf"[0-9]{{4}}\s?(?-i:[A-Z]{{2}}){_END}|[0-9]{{5}}{_END}"

FLOOR_ALONE = re.compile(rf"{_FLOOR}\.?(?:\s+(?:links|rechts|left|right|li|re|[a-z0-9])\.?)?$", FLAGS)
_INWARD = r"(?:(?<=(?-i:[A-Z])[0-9]\s)|(?<=(?-i:[A-Z])[0-9][0-9A-Z]\s))[0-9](?-i:[A-Z]{2})$"  # of a British postcode
NO_HOUSE = re.compile(rf"{_FLOOR}|{_POSTCODE}|{_INWARD}", FLAGS)
"""Numbers that are no house numbers: floors and postcodes."""

# --- what belongs to the number -------------------------------------------------------------------------------------

_ADDITION = rf"""(?:
      \s*[-\u2013\u2014/+&]\s*[0-9]{{1,5}}[^\W\d_]?                                # 12-14, 12/2/14, 12 - 14b
    | \s*(?:bis|t/m|tot|à|a|au|et|to|and)\s+[0-9]{{1,5}}[A-Z]?           # 12 bis 14, 12 t/m 16
    | \s[13]/[234]                                                       # 12 1/2
    | \s*[-/]?\s*(?:bus|bte|boîte|boite|box|top|tür|stiege|stg|lok|m)
        (?:[.:]?\s?[0-9][0-9A-Z]{{0,3}}(?:\.[0-9]{{1,3}})?|\s[A-Z][0-9]{{0,3}})
    | \s*[-/]?\s*[A-Z][0-9]{{0,2}}\.[0-9]{{1,4}}                         # an office "A4.004"
    | \s*[-/]?\s*(?:[0-9]|{_ROMAN})?[-\s]?(?:hoog|hg)
    | \s*[-/]?\s*(?:bis|ter|quater|huis|hs|zwart|zw|rood|rd|wit|boven|beneden|onder|achter|voor|bg|bv)
    | \s*[-/]?\s*{_ROMAN}
    | \s?[-/]\s?[^\W\d_]{{1,3}}[0-9]{{0,4}} | [^\W\d_]{{1,3}}[0-9]{{0,4}}  # 12-hs, 12/B, 12b, 12A2
    | \s(?!(?:[a-z])\s?[.'\u2019])[A-Z](?:\s?[0-9]{{1,4}})?                     # 12 a, 12 B 4
    ){_END} | \s*[½¼¾]"""

ADDITION = re.compile(_ADDITION, FLAGS)
"""What may follow a house number and belongs to it; taken again and again while it fits."""

ADDITION_OR_NUMBER = re.compile(rf"{_ADDITION} | \s(?!{_FLOOR})[0-9]{{1,3}}{_END}", FLAGS)
"""The same, and a second number: "Kerkstraat 12 3"."""

_LEADING_ADDITION = rf"""(?:
      \s?[-\u2013\u2014/+&]\s?[0-9]{{1,5}}[A-Z]?              # 12-14 rue, 12a-12c rue
    | \s(?:à|a|au|et|to|and)\s[0-9]{{1,5}}[A-Z]?    # 12 à 14 rue
    | \s[13]/[234]
    | [-/\s]?(?:bis|ter|quater|quinquies)
    | [-/]?[A-Z]
    ){_END} | \s*[½¼¾]"""

LEADING_ADDITION_US = re.compile(_LEADING_ADDITION, FLAGS)
LEADING_ADDITION = re.compile(rf"{_LEADING_ADDITION} | \s(?-i:[A-Z])(?=,|\s)", FLAGS)

SIGN_BEFORE_LETTER = re.compile(r"[-/]\s*[^\W\d_]")
BARE_NUMBER = re.compile(r"(?![13]/[234]$)[0-9]")

# --- what stands around ---------------------------------------------------------------------------------------------

_UNIT = (
    r"flat|unit|apartment|apartament|apt|app|appt|appartement|suite|room|whg|wohnung|zimmer|raum|etage|étage|floor"
    r"|kamer|block|blok|bloc|bl|building|bldg|gebouw|gebäude|geb|bâtiment|batiment|bât|bat|immeuble|escalier|esc"
    r"|porte|hall|entrée|entree|scara|sc|etaj|et|ap|haus|aufgang|eingang|lot|hangar|loods|stand|lgh|byt|interno|int"
    r"|scala|piso|puerta|pta|portal|planta|andar|bus|bte|boîte|boite|box|top|tür|stiege|stg"
)
_CODE = r"(?:nr\.?\s?|no\.?\s?)?(?:[0-9]+(?:[-/][0-9A-Z]+)?[A-Z]?|[A-Z])(?:[-/][0-9]+)?"
_OPEN_UNIT = r"flat|apartment|appartement|wohnung|résidence|immeuble|bâtiment|gebäude|gebouw"

UNIT = re.compile(rf"(?:{_UNIT})\.?\s?{_CODE}$ | \#\s?[0-9A-Z]+$ | (?:{_OPEN_UNIT}|eg|og|ug|dg|hh|vh|rdc){_END}", FLAGS)
"""A part that names a flat, floor or building and no street."""

UNIT_BEFORE = re.compile(
    rf"(?P<unit>(?:{_UNIT})\.?\s?{_CODE}|[0-9]{{1,2}}/[0-9]{{1,2}}(?=[,\s]+[0-9]))[,\s]+(?=\S)", FLAGS
)
"""A flat before the street without a comma: "Flat 2 14 Station Road", in Glasgow "3/2 15 Byres Road"."""

UNIT_AFTER = re.compile(
    r"\s(?P<unit>(?:(?:flat|unit|apartment|apt|suite|ste|room|appt|appartement|bâtiment|bât|bat)\.?\s|\#\s?)[0-9A-Z]{1,4})$",
    FLAGS,
)

CARE_OF = re.compile(
    rf"(?:c/o|p/a|t\.?\s?a\.?\s?v\.?|z\.?\s?hd\.?|ter\sattentie|chez|bei|attn|att|care\sof){_END}", FLAGS
)

REMARK = re.compile(
    rf"""\s*[(\[] | \s+[-\u2013\u2014]\s
       | \.?\s+(?:{_FLOOR}|{_POSTCODE}|(?:{_UNIT})\.?\s?{_CODE}{_END}|(?:{_OPEN_UNIT}|eg|og|ug|dg|hh|vh|rdc){_END}
              |{CARE_OF.pattern})
       | \s+(?:hinterhaus|vorderhaus|seitenflügel|gartenhaus|rückgebäude|rgb|erdgeschoss|links|rechts|mitte
              |achterom|naast|ingang|parterre|souterrain){_END}""",
    FLAGS,
)
"""Begins what may follow a house number without belonging to it."""

BOX = re.compile(
    rf"""(?P<name>postbus|postfach|p\.?\s?o\.?\s?box|boîte\spostale|bp|b\.p\.|packstation|postfiliale|paketbox
          |apartado(?:\sde\scorreos)?|casella\spostale|caixa\spostal|postboks|postbox|boks|locked\sbag|private\sbag
          |antwoordnummer|skrytka\spocztowa)
        (?:\s+{_MARKER})?\s*(?P<digits>[0-9][0-9 ]*)""",
    FLAGS,
)
"""A post office box or parcel locker; its digits may be grouped."""

# --- the name -------------------------------------------------------------------------------------------------------

_MONTH = (
    r"januar[iy]?|jänner|februar[iy]?|maart|märz|march|april|avril|aprile|mai|mei|may|maggio|mayo|maja|juni|june|juin"
    r"|juli|july|juillet|august|augustus|août|aout|september|septembre|setembro|oktober|october|octobre|outubro"
    r"|november|novembre|novembro|dezember|december|décembre|decembre|janvier|février|fevrier|mars|giugno|luglio"
)
AFTER_MONTH = re.compile(rf"(?:.*\s)?(?:{_MONTH}),?\s*", FLAGS)

BARE_STREET = re.compile(
    r"straße|strasse|str\.?|weg|plein|laan|platz|allee|square|place|rue|avenue|calle|carrera|route|ulica|[A-U]", FLAGS
)
"""A street part that is no name without its number: "Plein 1944", "Straße 101", the square "Q 7"."""

_FRENCH_STREET = (
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|blvd|place|pl\.?|chemin|quai|impasse|allées?|route|cours|square|passage"
    r"|sentier|ruelle|faubourg|fbg|chaussée|drève|clos|rond-point|venelle|esplanade|promenade|montée)\s"
)
FRENCH_STREET = re.compile(_FRENCH_STREET, FLAGS)

BETWEEN = re.compile(rf"\s*[,:\u2013\u2014-]\s*|\s+|(?={_FRENCH_STREET})", FLAGS)
"""What separates a leading number from the street; nothing at all in "12rue de la Paix"."""

STREET_BEGINS = re.compile(rf"['\u2019\"(]?[^\W\d_]|{ORDINAL.pattern}|{ORDINAL_E.pattern}", FLAGS)
