import pytest

from shopbridge.mapping.taxes import MEMBERS, is_intra_community, vat_country


@pytest.mark.parametrize(
    ("country", "postcode", "whose"),
    [
        ("DE", "10115", "DE"),
        ("DE", "D-78266", ""),
        ("DE", "27498", ""),
        ("GR", "104 31", "GR"),
        ("GR", "630 86", ""),
        ("EL", "10431", "GR"),
        ("ES", "28013", "ES"),
        ("ES", "35001", ""),
        ("ES", "38001", ""),
        ("ES", "51001", ""),
        ("IT", "23041", ""),
        ("IT", "I-22061", ""),
        ("IT", "20121", "IT"),
        ("FI", "FI-22100", ""),
        ("AX", "22100", ""),
        ("FR", "97400", ""),
        ("FR", "98000", "FR"),
        ("MC", "98000", "FR"),
        ("RE", "97400", ""),
        ("PT", "9000-001", "PT"),
        ("IE", "D02 X285", "IE"),
        ("GB", "BT1 5GS", "XI"),
        ("GB", "bt15gs", "XI"),
        ("GB", "B1 1AA", ""),
        ("CH", "8001", ""),
        ("NO", "0150", ""),
        ("US", "10001", ""),
    ],
)
def test_an_address_lies_in_the_vat_territory_of_a_member_or_outside(country: str, postcode: str, whose: str) -> None:
    assert vat_country(country, postcode) == whose


@pytest.mark.parametrize(
    ("home", "country", "vat_id", "is_such"),
    [
        ("NL", "DE", "DE999999999", True),
        ("NL", "DE", " de 999.999.999", True),
        ("NL", "DE", "999999999", True),
        ("NL", "DE", "", False),
        ("NL", "DE", "-", False),
        ("NL", "NL", "NL000000000B01", False),
        ("NL", "NL", "DE999999999", False),
        ("NL", "DE", "NL000000000B01", False),
        ("NL", "DE", "CHE123456789", False),
        ("NL", "FR", "BE0999999999", True),
        ("NL", "GR", "EL999999999", True),
        ("GR", "DE", "EL999999999", False),
        ("NL", "CH", "DE999999999", False),
        ("NL", "US", "DE999999999", False),
        ("RO", "BG", "BG999999999", True),
    ],
)
def test_a_sale_is_intra_community_by_where_it_arrives_and_whose_number_the_buyer_has(
    home: str, country: str, vat_id: str, is_such: bool
) -> None:
    assert is_intra_community(home, country, "10115", vat_id) is is_such


def test_goods_to_northern_ireland_count_and_to_great_britain_do_not() -> None:
    assert is_intra_community("NL", "GB", "BT1 5GS", "XI999999999")
    assert not is_intra_community("NL", "GB", "BT1 5GS", "GB999999999")
    assert not is_intra_community("NL", "GB", "SW1A 1AA", "GB999999999")


def test_there_are_27_members() -> None:
    assert len(MEMBERS) == 27
