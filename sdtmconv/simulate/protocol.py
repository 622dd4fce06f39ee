"""What the protocol of BioTTT001 fixes: doses, schedule, windows, visits, criteria.

Offsets are days after the first dose: offset 0 is Day 1.
"""

from __future__ import annotations

from datetime import date, datetime

STUDY = "BIOTTT001"

EPOCH = date(1970, 1, 1)


def day_number(year: int, month: int, day: int) -> int:
    """Count the days from 1970-01-01, as numpy's datetime64[D] does.

    >>> day_number(1970, 1, 2)
    1
    """
    return (date(year, month, day) - EPOCH).days


FIRST_CONSENT = day_number(2021, 3, 1)
LAST_CONSENT = day_number(2025, 5, 5)
DATA_CUT = day_number(2025, 6, 30)
# Time stamp of files that need one.
DELIVERED = datetime(2025, 7, 7)

DOSE_LEVELS_VP = (50_000_000, 500_000_000, 5_000_000_000, 10_000_000_000)
DOSE_TEXTS = ("5x10^7", "5x10^8", "5x10^9", "1x10^10")
TORIPALIMAB_MG = 80
REGORAFENIB_MG = 80
REGORAFENIB_REDUCED_MG = 40

COHORT_SIZE = 3
MOST_PER_LEVEL = 6

MAX_CYCLES = 12
CYCLE_DAYS = 28
DLT_WINDOW_DAYS = 28
MONO_SECOND_DOSE = 14
HAI_IN_CYCLE = (1, 15)
IV_IN_CYCLE = (0, 14)
ORAL_DAYS = 21
IV_SLOTS = 2 * MAX_CYCLES

SAFETY_FOLLOW_UP_DAYS = 28
SURVIVAL_CONTACT_DAYS = 91
LAST_OFFSET = 699
SURVIVAL_CONTACTS = 8

# Baseline, after monotherapy, every 4 weeks for 4 cycles, then every 8 weeks up to 100 weeks.
ASSESSMENTS = 16
# How many spans of 4 weeks have gone by at each.
ASSESSMENT_SPANS = (0, 1, 2, 3, 4, 5, *range(7, 27, 2))

MONO_VISITS = (
    "Mono D1",
    "Mono D2",
    "Mono D4",
    "Mono D8",
    "Mono D15",
    "Mono D16",
    "Mono D22",
    "Mono D28",
)
CYCLE_DAYS_VISITED = (1, 2, 15, 16)
CYCLE_VISITS = tuple(
    f"Comb C{cycle}D{day}" for cycle in range(1, MAX_CYCLES + 1) for day in CYCLE_DAYS_VISITED
)
ASSESSMENT_VISITS = ("Screening", *(f"Tumour Assessment {k}" for k in range(1, ASSESSMENTS)))
SURVIVAL_VISITS = tuple(f"Survival FU {k}" for k in range(1, SURVIVAL_CONTACTS + 1))
UNSCHEDULED = "Unscheduled"
VISITS = (
    "Screening",
    *MONO_VISITS,
    *CYCLE_VISITS,
    *ASSESSMENT_VISITS[1:],
    "End of Treatment",
    "Safety FU",
    *SURVIVAL_VISITS,
    UNSCHEDULED,
)
VISIT_INDEX = {visit: index for index, visit in enumerate(VISITS)}


def _cycle_visits(*days: int) -> tuple[str, ...]:
    return tuple(visit for visit in CYCLE_VISITS if visit.endswith(tuple(f"D{k}" for k in days)))


_ANY_TIME = ("Screening", "End of Treatment", UNSCHEDULED)
LAB_VISITS = (
    *_ANY_TIME,
    "Safety FU",
    *("Mono D1", "Mono D8", "Mono D15", "Mono D22", "Mono D28"),
    *_cycle_visits(1, 15),
)
VITAL_VISITS = (*_ANY_TIME, "Safety FU", *MONO_VISITS, *CYCLE_VISITS)
WEIGHT_VISITS = (*_ANY_TIME, "Mono D1", *_cycle_visits(1))
ECG_VISITS = (*_ANY_TIME, "Mono D1", "Mono D28", *_cycle_visits(1))

MONOTHERAPY, COMBINATION = 0, 1
PHASES = ("Monotherapy", "Combination")

# (identifier, inclusion or exclusion, text); the trial inclusion dataset holds the same ones.
CRITERIA = (
    ("INCL01", "Inclusion", "Age 18 to 75 years at the time of consent"),
    ("INCL02", "Inclusion", "Colorectal adenocarcinoma with liver metastases, proven by histology"),
    ("INCL03", "Inclusion", "At least one measurable lesion by RECIST 1.1"),
    ("INCL04", "Inclusion", "ECOG performance status 0 or 1"),
    ("INCL05", "Inclusion", "Progression on or intolerance of at least two lines of treatment"),
    ("INCL06", "Inclusion", "Adequate bone marrow, liver and kidney function"),
    ("EXCL01", "Exclusion", "Active hepatitis B or C, or HIV infection"),
    ("EXCL02", "Exclusion", "Active autoimmune disease that needed systemic treatment"),
    ("EXCL03", "Exclusion", "Metastases in the central nervous system"),
    ("EXCL04", "Exclusion", "Gene therapy or oncolytic virus at any time before"),
    ("EXCL05", "Exclusion", "Hepatic artery unsuited to catheterisation"),
)
