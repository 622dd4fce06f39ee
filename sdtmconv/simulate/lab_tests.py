"""The laboratory tests: names, units and normal ranges, and how much of it subjects have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Test:
    """A laboratory test.

    Args:
        names: How laboratories with SI and with conventional units call it.
        category: Haematology, chemistry or tumour marker.
        quantiles: Of the subjects' own levels, in steps of 10**-places of the SI unit.
        places: Decimal places in SI units.
        low: Lower limit of the normal range for women and men, in the same steps; -1 for none.
        high: Upper limit for women and men.
        units: SI and conventional unit.
        ratio: Conventional steps = SI steps * ratio[0] // ratio[1].
        conventional_places: Decimal places in conventional units.
        change: Level on treatment, in thousandths of the one before.
    """

    names: tuple[str, str]
    category: str
    quantiles: tuple[int, ...]
    places: int
    low: tuple[int, int]
    high: tuple[int, int]
    units: tuple[str, str]
    ratio: tuple[int, int]
    conventional_places: int
    change: int


_HAEMATOLOGY, _CHEMISTRY, _MARKER = "Haematology", "Chemistry", "Tumour marker"
_GIGA, _KILO = "10^9/L", "10^3/uL"
TESTS = (
    Test(
        ("Haemoglobin", "HGB"),
        _HAEMATOLOGY,
        (88, 108, 120, 132, 158),
        0,
        (115, 130),
        (150, 175),
        ("g/L", "g/dL"),
        (1, 1),
        1,
        940,
    ),
    Test(
        ("White blood cells", "WBC"),
        _HAEMATOLOGY,
        (320, 480, 600, 760, 1200),
        2,
        (350, 350),
        (950, 950),
        (_GIGA, _KILO),
        (1, 1),
        2,
        930,
    ),
    Test(
        ("Neutrophils", "NEUT#"),
        _HAEMATOLOGY,
        (160, 270, 350, 480, 800),
        2,
        (180, 180),
        (630, 630),
        (_GIGA, _KILO),
        (1, 1),
        2,
        950,
    ),
    Test(
        ("Lymphocytes", "LYMPH#"),
        _HAEMATOLOGY,
        (60, 110, 145, 190, 320),
        2,
        (110, 110),
        (320, 320),
        (_GIGA, _KILO),
        (1, 1),
        2,
        750,
    ),
    Test(
        ("Platelets", "PLT"),
        _HAEMATOLOGY,
        (95, 155, 200, 260, 400),
        0,
        (125, 125),
        (350, 350),
        (_GIGA, _KILO),
        (1, 1),
        0,
        880,
    ),
    Test(
        ("Alanine aminotransferase", "ALT (SGPT)"),
        _CHEMISTRY,
        (9, 18, 27, 38, 85),
        0,
        (7, 9),
        (40, 50),
        ("U/L", "IU/L"),
        (1, 1),
        0,
        1700,
    ),
    Test(
        ("Aspartate aminotransferase", "AST (SGOT)"),
        _CHEMISTRY,
        (12, 21, 30, 42, 95),
        0,
        (13, 15),
        (35, 40),
        ("U/L", "IU/L"),
        (1, 1),
        0,
        1700,
    ),
    Test(
        ("Alkaline phosphatase", "ALP"),
        _CHEMISTRY,
        (55, 85, 110, 160, 320),
        0,
        (50, 45),
        (135, 125),
        ("U/L", "IU/L"),
        (1, 1),
        0,
        1150,
    ),
    Test(
        ("Total bilirubin", "T-BIL"),
        _CHEMISTRY,
        (50, 88, 121, 163, 260),
        1,
        (-1, -1),
        (210, 230),
        ("umol/L", "mg/dL"),
        (100, 171),
        2,
        1250,
    ),
    Test(
        ("Albumin", "ALB"),
        _CHEMISTRY,
        (29, 36, 39, 43, 50),
        0,
        (40, 40),
        (55, 55),
        ("g/L", "g/dL"),
        (1, 1),
        1,
        950,
    ),
    Test(
        ("Creatinine", "CREA"),
        _CHEMISTRY,
        (42, 58, 68, 80, 118),
        0,
        (41, 57),
        (81, 111),
        ("umol/L", "mg/dL"),
        (1000, 884),
        2,
        1030,
    ),
    Test(
        ("Glucose", "GLU"),
        _CHEMISTRY,
        (41, 50, 55, 63, 105),
        1,
        (39, 39),
        (61, 61),
        ("mmol/L", "mg/dL"),
        (1802, 1000),
        0,
        1020,
    ),
    Test(
        ("Potassium", "K"),
        _CHEMISTRY,
        (33, 38, 41, 44, 51),
        1,
        (35, 35),
        (53, 53),
        ("mmol/L", "mEq/L"),
        (1, 1),
        1,
        1000,
    ),
    Test(
        ("Sodium", "Na"),
        _CHEMISTRY,
        (132, 138, 140, 142, 147),
        0,
        (137, 137),
        (147, 147),
        ("mmol/L", "mEq/L"),
        (1, 1),
        0,
        1000,
    ),
    Test(
        ("Carcinoembryonic antigen", "CEA"),
        _MARKER,
        (1, 8, 90, 600, 9000),
        1,
        (-1, -1),
        (50, 50),
        ("ug/L", "ng/mL"),
        (1, 1),
        1,
        1100,
    ),
)
