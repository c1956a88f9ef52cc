import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopbridge.mapping.street import LONGEST_TEXT, Street, split_street

# Made up, but each of a form that people really write: (line, street, number, suffix, rest).
ADDRESSES = {
    "NL": [
        ("Dorpsstraat 12", "Dorpsstraat", "12", "", ""),
        ("Dorpsstraat 12b", "Dorpsstraat", "12", "b", ""),
        ("Dorpsstraat 12 b", "Dorpsstraat", "12", "b", ""),
        ("Dorpsstraat 12-b", "Dorpsstraat", "12", "b", ""),
        ("Dorpsstraat 12 - B", "Dorpsstraat", "12", "B", ""),
        ("Dorpsstraat 12-14", "Dorpsstraat", "12", "-14", ""),
        ("Dorpsstraat 12 \u2013 14", "Dorpsstraat", "12", "-14", ""),
        ("Dorpsstraat 12 t/m 16", "Dorpsstraat", "12", "t/m 16", ""),
        ("Dorpsstraat, 12", "Dorpsstraat", "12", "", ""),
        ("Dorpsstraat12", "Dorpsstraat", "12", "", ""),
        ("  Dorpsstraat   12   A  ", "Dorpsstraat", "12", "A", ""),
        ("Kerkstraat 12 3", "Kerkstraat", "12", "-3", ""),
        ("Kerkstraat 12-A2", "Kerkstraat", "12", "A2", ""),
        ("Kerkstraat 12 3 hoog", "Kerkstraat", "12", "-3 hoog", ""),
        ("Kerkstraat 12 2e verdieping", "Kerkstraat", "12", "", "2e verdieping"),
        ("Kerkstraat 5, 3e verdieping", "Kerkstraat", "5", "", "3e verdieping"),
        ("Kerkstraat 5 (achterom)", "Kerkstraat", "5", "", "(achterom)"),
        ("Kerkstraat 5 t.a.v. J. Visser", "Kerkstraat", "5", "", "t.a.v. J. Visser"),
        ("Kerkstraat 5 1234 AB Utrecht", "Kerkstraat", "5", "", "1234 AB Utrecht"),
        ("Kerkplein, 1234 AB Utrecht", "Kerkplein, 1234 AB Utrecht", "", "", ""),
        ("1e Jan Steenstraat 12 hs", "1e Jan Steenstraat", "12", "hs", ""),
        ("2e Hugo de Grootstraat 5-III", "2e Hugo de Grootstraat", "5", "III", ""),
        ("3e Oosterparkstraat 7 II", "3e Oosterparkstraat", "7", "II", ""),
        ("2e Hugo de Grootstraat", "2e Hugo de Grootstraat", "", "", ""),
        ("Oude 1e Dwarsweg 8", "Oude 1e Dwarsweg", "8", "", ""),
        ("Plein 1944 nr. 5", "Plein 1944", "5", "", ""),
        ("Plein 1944 5", "Plein 1944", "5", "", ""),
        ("Plein 1944", "Plein 1944", "", "", ""),
        ("Plein '40-'45 12", "Plein '40-'45", "12", "", ""),
        ("Laan 1940-1945 12", "Laan 1940-1945", "12", "", ""),
        ("Laan 1940-1945, 12", "Laan 1940-1945", "12", "", ""),
        ("'s-Gravenweg 12", "'s-Gravenweg", "12", "", ""),
        ("Burg. v.d. Bergstr. 7bis", "Burg. v.d. Bergstr.", "7", "bis", ""),
        ("Nieuwegracht 8 bis a", "Nieuwegracht", "8", "bis a", ""),
        ("Haarlemmerplein 19 zwart", "Haarlemmerplein", "19", "zwart", ""),
        ("Stationsplein 45 A4.004", "Stationsplein", "45", "A4.004", ""),
        ("Stationsplein 1 unit 4", "Stationsplein", "1", "", "unit 4"),
        ("Prins Hendrikkade 33 F 4", "Prins Hendrikkade", "33", "F 4", ""),
        ("Postbus 123", "Postbus", "123", "", ""),
        ("Antwoordnummer 40125", "Antwoordnummer", "40125", "", ""),
    ],
    "BE": [
        ("Kerkstraat 5 bus 3", "Kerkstraat", "5", "bus 3", ""),
        ("Kerkstraat 5/3", "Kerkstraat", "5", "/3", ""),
        ("Kerkstraat 5, bus 3", "Kerkstraat", "5", "bus 3", ""),
        ("Steenweg op Gent 112A bus 0201", "Steenweg op Gent", "112", "A bus 0201", ""),
        ("Leuvensesteenweg 12 b0001", "Leuvensesteenweg", "12", "b0001", ""),
        ("Grote Markt 1 bus 1.02", "Grote Markt", "1", "bus 1.02", ""),
        ("Rue Neuve 12 bte 4", "Rue Neuve", "12", "bte 4", ""),
        ("Rue Neuve, 12 boîte 4", "Rue Neuve", "12", "boîte 4", ""),
        ("12, rue Neuve", "rue Neuve", "12", "", ""),
        ("12 rue du 8 mai 1945", "rue du 8 mai 1945", "12", "", ""),
        ("Rue du 8 Mai 1945 12", "Rue du 8 Mai 1945", "12", "", ""),
        ("12 rue Neuve, Bte 4", "rue Neuve", "12", "Bte 4", ""),
    ],
    "DE": [
        ("Musterstraße 12", "Musterstraße", "12", "", ""),
        ("Strasse 12 a", "Strasse", "12", "a", ""),
        ("Hauptstr.5", "Hauptstr.", "5", "", ""),
        ("Hauptstr. 5/7", "Hauptstr.", "5", "/7", ""),
        ("Hauptstr. 5-7", "Hauptstr.", "5", "-7", ""),
        ("Hauptstr. 5a-c", "Hauptstr.", "5", "a-c", ""),
        ("Hauptstr. 5 a - 7 b", "Hauptstr.", "5", "a-7 b", ""),
        ("Hauptstr. 12 bis 14", "Hauptstr.", "12", "bis 14", ""),
        ("Hauptstr. 12 + 14", "Hauptstr.", "12", "+14", ""),
        ("Musterweg 12 1/2", "Musterweg", "12", "1/2", ""),
        ("Musterweg 12½", "Musterweg", "12", "½", ""),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135", "", ""),
        ("Straße des 17. Juni", "Straße des 17. Juni", "", "", ""),
        ("3. Querweg 7", "3. Querweg", "7", "", ""),
        ("Straße 101 Nr. 12", "Straße 101", "12", "", ""),
        ("Straße 101 12", "Straße 101", "12", "", ""),
        ("In den 30 Morgen 34b", "In den 30 Morgen", "34", "b", ""),
        ("C3, 12", "C3", "12", "", ""),
        ("Q 7, 24", "Q 7", "24", "", ""),
        ("Q7 24", "Q7", "24", "", ""),
        ("Am Markt, Hausnummer 4", "Am Markt", "4", "", ""),
        ("Hauptstr. 5, Hinterhaus, 2. OG", "Hauptstr.", "5", "", "Hinterhaus, 2. OG"),
        ("Hauptstr. 5 2. OG links", "Hauptstr.", "5", "", "2. OG links"),
        ("Hauptstr. 5 Whg. 12", "Hauptstr.", "5", "", "Whg. 12"),
        ("Wohnung 3, Hauptstr. 5", "Hauptstr.", "5", "", "Wohnung 3"),
        ("c/o Müller, Hauptstr. 5", "Hauptstr.", "5", "", "c/o Müller"),
        ("Hauptstr. 5, 12345 Musterstadt", "Hauptstr.", "5", "", "12345 Musterstadt"),
        ("Am Markt, 12345 Musterstadt", "Am Markt, 12345 Musterstadt", "", "", ""),
        ("Schloss Neuhaus", "Schloss Neuhaus", "", "", ""),
        ("10 Downing Street", "Downing Street", "10", "", ""),
        ("Postfach 10 20 30", "Postfach", "102030", "", ""),
        ("Packstation 123", "Packstation", "123", "", ""),
        ("Packstation 123, 1234567890", "Packstation", "123", "", "1234567890"),
    ],
    "AT": [
        ("Mariengasse 12/2/14", "Mariengasse", "12", "/2/14", ""),
        ("Mariengasse 12/Stiege 2/Tür 4", "Mariengasse", "12", "Stiege 2/Tür 4", ""),
        ("Mariengasse 12 Top 3", "Mariengasse", "12", "Top 3", ""),
        ("Mariengasse 12, Top 3", "Mariengasse", "12", "Top 3", ""),
    ],
    "CH": [
        ("Bahnhofstrasse 12a", "Bahnhofstrasse", "12", "a", ""),
        ("Chemin des Vignes 8 bis", "Chemin des Vignes", "8", "bis", ""),
        ("8, chemin des Vignes", "chemin des Vignes", "8", "", ""),
        ("Via San Gottardo 44", "Via San Gottardo", "44", "", ""),
    ],
    "FR": [
        ("12 rue de la Paix", "rue de la Paix", "12", "", ""),
        ("10, rue des Lilas", "rue des Lilas", "10", "", ""),
        ("12 bis rue de la Paix", "rue de la Paix", "12", "bis", ""),
        ("12bis, rue de la Paix", "rue de la Paix", "12", "bis", ""),
        ("12 B rue des Lilas", "rue des Lilas", "12", "B", ""),
        ("12-14 rue des Lilas", "rue des Lilas", "12", "-14", ""),
        ("12 à 14 rue des Lilas", "rue des Lilas", "12", "à 14", ""),
        ("12rue des Lilas", "rue des Lilas", "12", "", ""),
        ("3 l'Orée du Bois", "l'Orée du Bois", "3", "", ""),
        ("n° 7 impasse du Four", "impasse du Four", "7", "", ""),
        ("12 rue du 8 mai 1945", "rue du 8 mai 1945", "12", "", ""),
        ("Rue du 8 Mai 1945 12", "Rue du 8 Mai 1945", "12", "", ""),
        ("Rue du 8 Mai 1945", "Rue du 8 Mai 1945", "", "", ""),
        ("2e rue du Port", "2e rue du Port", "", "", ""),
        ("Bâtiment C, 4 avenue Foch", "avenue Foch", "4", "", "Bâtiment C"),
        ("4 avenue Foch, Bât. C", "avenue Foch", "4", "", "Bât. C"),
        ("4 avenue Foch appt 12", "avenue Foch", "4", "", "appt 12"),
        ("Résidence Les Pins, 12, rue des Lilas", "rue des Lilas", "12", "", "Résidence Les Pins"),
        ("Lieu-dit Le Moulin", "Lieu-dit Le Moulin", "", "", ""),
        ("Place du Marché, 75001 Paris", "Place du Marché, 75001 Paris", "", "", ""),
        ("BP 12", "BP", "12", "", ""),
    ],
    "GB": [
        ("12 High Street", "High Street", "12", "", ""),
        ("12A High Street", "High Street", "12", "A", ""),
        ("221B Baker Street", "Baker Street", "221", "B", ""),
        ("12 The Street", "The Street", "12", "", ""),
        ("12-14 High Street", "High Street", "12", "-14", ""),
        ("12½ Castle Row", "Castle Row", "12", "½", ""),
        ("Flat 3, 12 High Street", "High Street", "12", "", "Flat 3"),
        ("Flat 3, 12, High Street", "High Street", "12", "", "Flat 3"),
        ("Flat 2 14 Station Road", "Station Road", "14", "", "Flat 2"),
        ("12 High Street Flat 3", "High Street", "12", "", "Flat 3"),
        ("Flat 2, Rose House, 14 Mill Lane", "Mill Lane", "14", "", "Flat 2, Rose House"),
        ("3/2 15 Byres Road", "Byres Road", "15", "", "3/2"),
        ("Unit 5 Park Road 7", "Park Road", "7", "", "Unit 5"),
        ("Unit 7, Riverside Trading Estate", "Unit 7, Riverside Trading Estate", "", "", ""),
        ("The Old Rectory, Church Lane", "The Old Rectory, Church Lane", "", "", ""),
        ("Rose Cottage, 5 Mill Lane", "Mill Lane", "5", "", "Rose Cottage"),
        ("The Flat, 3 Mews", "Mews", "3", "", "The Flat"),
        ("No. 5 Market Place", "Market Place", "5", "", ""),
        ("Church Lane SW1A 1AA", "Church Lane SW1A 1AA", "", "", ""),
        ("Plot 4 Mill Lane", "Plot 4 Mill Lane", "", "", ""),
        ("High Street, 12", "High Street", "12", "", ""),
        ("P.O. Box 12", "P.O. Box", "12", "", ""),
        ("PO Box 12345", "PO Box", "12345", "", ""),
    ],
    "US": [
        ("1 E Main St", "E Main St", "1", "", ""),
        ("350 5th Avenue", "5th Avenue", "350", "", ""),
        ("12345 Oak Road Apt 4B", "Oak Road", "12345", "", "Apt 4B"),
        ("12 Main St #4", "Main St", "12", "", "#4"),
    ],
    "ES": [
        ("Calle Mayor, 12, 3º B", "Calle Mayor", "12", "", "3º B"),
        ("Calle 39 No 1540", "Calle 39", "1540", "", ""),
    ],
    "IT": [("Via Roma, 12/B", "Via Roma", "12", "B", ""), ("Via 4 Novembre 12", "Via 4 Novembre", "12", "", "")],
    "PL": [("ul. Długa 12/4", "ul. Długa", "12", "/4", ""), ("ul. Długa 12 m. 4", "ul. Długa", "12", "m. 4", "")],
    "CZ": [("Dlouhá 1234/12", "Dlouhá", "1234", "/12", "")],
    "DK": [("Nørregade 12, 2. tv", "Nørregade", "12", "", "2. tv")],
    "HU": [("Fő utca 12. 2. em. 4.", "Fő utca", "12", "", "2. em. 4")],
    "RO": [("Strada Lungă nr. 12, bl. A, sc. 2", "Strada Lungă", "12", "", "bl. A, sc. 2")],
    "": [("Musterstraße 12", "Musterstraße", "12", "", ""), ("12 High Street", "High Street", "12", "", "")],
}
CASES = [(country, *case) for country, cases in ADDRESSES.items() for case in cases]

SECOND_LINES = [
    ("NL", "Dorpsstraat", "12 b", Street("Dorpsstraat", "12", "b")),
    ("NL", "Dorpsstraat 12", "b", Street("Dorpsstraat", "12", "b")),
    ("NL", "Dorpsstraat 12", "hs", Street("Dorpsstraat", "12", "hs")),
    ("NL", "Dorpsstraat 12", "Gebouw C", Street("Dorpsstraat", "12", rest="Gebouw C")),
    ("BE", "Kerkstraat 5", "bus 3", Street("Kerkstraat", "5", "bus 3")),
    ("DE", "Firma Muster", "Hauptstr. 5", Street("Hauptstr.", "5", rest="Firma Muster")),
    ("DE", "Kirchplatz", "2. OG", Street("Kirchplatz", rest="2. OG")),
    ("DE", "Postfach 10 20", "30", Street("Postfach", "1020", rest="30")),
    ("DE", "Postfach Nr. 7", "", Street("Postfach", "7")),
    ("DE", "Packstation 123", "1234567890", Street("Packstation", "123", rest="1234567890")),
    ("FR", "Bâtiment C", "4 avenue Foch", Street("avenue Foch", "4", rest="Bâtiment C")),
    ("FR", "12", "rue de la Paix", Street("rue de la Paix", "12")),
    ("GB", "The Old Rectory", "Church Lane", Street("The Old Rectory", rest="Church Lane")),
    ("GB", "Flat 3", "12 High Street\nLittle Village", Street("High Street", "12", rest="Flat 3, Little Village")),
]


@pytest.mark.parametrize(("country", "line", "street", "number", "suffix", "rest"), CASES)
def test_a_street_line_is_split(country: str, line: str, street: str, number: str, suffix: str, rest: str) -> None:
    assert split_street(line, country) == Street(street, number, suffix, rest)


@pytest.mark.parametrize(("country", "line", "extra", "expected"), SECOND_LINES)
def test_the_second_line_may_hold_what_the_first_lacks(country: str, line: str, extra: str, expected: Street) -> None:
    assert split_street(line, country, extra=extra) == expected


NUMBER_FIRST = [
    "AU",
    "CA",
    "FR",
    "GB",
    "GF",
    "GG",
    "GP",
    "HK",
    "IE",
    "IM",
    "IN",
    "JE",
    "LU",
    "MC",
    "MQ",
    "MT",
    "NZ",
    "RE",
    "SG",
    "UK",
    "US",
    "YT",
    "ZA",
]


@pytest.mark.parametrize("country", NUMBER_FIRST)
def test_where_the_number_is_written_first_it_is_read_from_the_beginning(country: str) -> None:
    assert split_street("12 Long Lane 7", country) == Street("Long Lane 7", "12")


def test_a_text_too_long_for_a_street_line_is_kept_whole() -> None:
    text = "Dorpsstraat 12 " + "x" * LONGEST_TEXT
    assert split_street(text, "NL", extra="bus 3") == Street(text, rest="bus 3")


MARKERS = "huisnummer|huisnr|hausnummer|haus-?nr|nummer|number|numéro|numero|núm|num|nr|no|n|č"
WORDS = [
    *("12", "5", "1944", "101", "7", "12345", "½", "1/2", "12b", "1e", "17.", "3º", "straat", "Straße", "Plein", "Q"),
    *("rue", "de", "la", "mai", "Flat", "Unit", "bus", "bis", "hs", "III", "OG", "hoog", "Postfach", "c/o", "B", "#"),
    *(
        "(x)",
        "-",
        "/",
        ",",
        ";",
        "'s",
        "étage",
        "1234 AB",
        "High",
        "Street",
        "t/m",
        "\n",
        "日本",
        "٣",
        "nr",
        "No. 5",
        "n° 7",
    ),
]
COUNTRIES = st.sampled_from(["NL", "BE", "DE", "AT", "CH", "FR", "GB", "US", "ES", "", "??", "nl "])
LINES = st.lists(st.sampled_from(WORDS), max_size=9).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda space: space.join(words))
) | st.text(max_size=60)


def signs(text: str) -> Counter[str]:
    """Letters and digits, but for words that only mean "number", which may be dropped."""
    rest = re.sub(rf"(?<![^\W\d_])(?:{MARKERS})(?![^\W\d_])", "", text, flags=re.IGNORECASE)
    return Counter(sign for sign in rest if sign.isalnum() and sign != "º")


@given(line=LINES, extra=LINES, country=COUNTRIES)
@example(line="12 - rue 5, 7", extra="b", country="FR")
@example(line="\u0131 1", extra="", country="NL")
def test_nothing_is_lost_and_nothing_raises(line: str, extra: str, country: str) -> None:
    parts = split_street(line, country, extra=extra)
    assert signs(f"{parts.street} {parts.number} {parts.suffix} {parts.rest}") == signs(f"{line}\n{extra}")


@given(line=LINES, country=COUNTRIES)
def test_a_number_is_plain_digits_beside_a_street_or_nothing(line: str, country: str) -> None:
    parts = split_street(line, country)
    assert not parts.number or re.fullmatch("[0-9]+", parts.number)
    assert parts.street if parts.number else not parts.suffix
