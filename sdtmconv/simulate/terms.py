"""Adverse events as investigators word them and as a dictionary groups them.

Preferred terms and system organ classes are public MedDRA names. Trial registries publish the codes
of the organ classes as well; the other codes are left out, because the dictionary is licensed.
"""

from __future__ import annotations

from dataclasses import dataclass

BLOOD = "Blood and lymphatic system disorders"
GASTRO = "Gastrointestinal disorders"
GENERAL = "General disorders and administration site conditions"
INFECTIONS = "Infections and infestations"
INJURY = "Injury, poisoning and procedural complications"
INVESTIGATIONS = "Investigations"
METABOLISM = "Metabolism and nutrition disorders"
NERVOUS = "Nervous system disorders"
ENDOCRINE = "Endocrine disorders"
RENAL = "Renal and urinary disorders"
RESPIRATORY = "Respiratory, thoracic and mediastinal disorders"
SKIN = "Skin and subcutaneous tissue disorders"
VASCULAR = "Vascular disorders"
HEPATOBILIARY = "Hepatobiliary disorders"
CARDIAC = "Cardiac disorders"

CLASS_CODES = {
    BLOOD: "10005329",
    CARDIAC: "10007541",
    ENDOCRINE: "10014698",
    GASTRO: "10017947",
    GENERAL: "10018065",
    HEPATOBILIARY: "10019805",
    "Immune system disorders": "10021428",
    INFECTIONS: "10021881",
    INJURY: "10022117",
    INVESTIGATIONS: "10022891",
    METABOLISM: "10027433",
    NERVOUS: "10029205",
    RENAL: "10038359",
    RESPIRATORY: "10038738",
    SKIN: "10040785",
    VASCULAR: "10047065",
}


@dataclass(frozen=True)
class Event:
    """A kind of adverse event.

    Args:
        preferred: MedDRA preferred term.
        organ_class: MedDRA system organ class.
        verbatim: Three ways in which investigators write it.
        chinese: How the Chinese-writing site puts it.
        grades: Weights of CTCAE grades 1 to 4.
        days: Quantiles of its duration in days.
        screening: Weight before treatment.
        mono: Weight in monotherapy.
        combination: Weight in the combination.
    """

    preferred: str
    organ_class: str
    verbatim: tuple[str, str, str]
    chinese: str
    grades: tuple[int, int, int, int]
    days: tuple[int, ...]
    screening: int
    mono: int
    combination: int


EVENTS = (
    Event(
        "Pyrexia",
        GENERAL,
        ("Fever", "fever after infusion", "Pyrexia"),
        "发热",
        (50, 40, 9, 1),
        (1, 1, 2, 3, 6),
        0,
        20,
        10,
    ),
    Event(
        "Chills",
        GENERAL,
        ("Chills", "Shivering", "chills"),
        "寒战",
        (70, 28, 2, 0),
        (0, 0, 1, 2),
        0,
        10,
        4,
    ),
    Event(
        "Fatigue",
        GENERAL,
        ("Fatigue", "tiredness", "Fatigue "),
        "乏力",
        (55, 38, 7, 0),
        (5, 12, 25, 60),
        3,
        9,
        12,
    ),
    Event(
        "Nausea",
        GASTRO,
        ("Nausea", "nausea", "Nausia"),
        "恶心",
        (65, 30, 5, 0),
        (1, 3, 6, 15),
        2,
        8,
        8,
    ),
    Event(
        "Vomiting",
        GASTRO,
        ("Vomiting", "vomitting", "Emesis"),
        "呕吐",
        (60, 33, 7, 0),
        (0, 1, 3, 6),
        1,
        5,
        5,
    ),
    Event(
        "Abdominal pain",
        GASTRO,
        ("Abdominal pain", "Pain in abdomen", "upper abdominal pain"),
        "腹痛",
        (50, 38, 12, 0),
        (1, 3, 8, 20),
        3,
        8,
        5,
    ),
    Event(
        "Diarrhoea",
        GASTRO,
        ("Diarrhea", "Diarrhoea", "loose stools"),
        "腹泻",
        (55, 33, 11, 1),
        (1, 3, 7, 20),
        1,
        2,
        9,
    ),
    Event(
        "Decreased appetite",
        METABOLISM,
        ("Loss of appetite", "Decreased appetite", "Anorexia"),
        "食欲下降",
        (55, 38, 7, 0),
        (5, 12, 30, 70),
        3,
        5,
        8,
    ),
    Event(
        "Alanine aminotransferase increased",
        INVESTIGATIONS,
        ("ALT increased", "Elevated ALT", "ALT increase"),
        "丙氨酸氨基转移酶升高",
        (45, 35, 17, 3),
        (5, 10, 20, 45),
        0,
        9,
        9,
    ),
    Event(
        "Aspartate aminotransferase increased",
        INVESTIGATIONS,
        ("AST increased", "Elevated AST", "AST increase"),
        "天门冬氨酸氨基转移酶升高",
        (45, 35, 17, 3),
        (5, 10, 20, 45),
        0,
        9,
        8,
    ),
    Event(
        "Blood bilirubin increased",
        INVESTIGATIONS,
        ("Bilirubin increased", "Hyperbilirubinemia", "Elevated bilirubin"),
        "血胆红素升高",
        (50, 35, 13, 2),
        (5, 12, 25, 50),
        0,
        4,
        6,
    ),
    Event(
        "Lymphocyte count decreased",
        INVESTIGATIONS,
        ("Lymphocyte count decreased", "Lymphopenia", "low lymphocytes"),
        "淋巴细胞计数降低",
        (30, 40, 25, 5),
        (3, 7, 14, 30),
        0,
        8,
        5,
    ),
    Event(
        "Platelet count decreased",
        INVESTIGATIONS,
        ("Platelet count decreased", "Thrombocytopenia", "PLT decreased"),
        "血小板计数降低",
        (50, 30, 15, 5),
        (5, 10, 20, 40),
        0,
        5,
        6,
    ),
    Event(
        "Anaemia",
        BLOOD,
        ("Anemia", "Anaemia", "Hemoglobin decreased"),
        "贫血",
        (45, 42, 13, 0),
        (14, 30, 60, 120),
        4,
        4,
        6,
    ),
    Event(
        "Influenza like illness",
        GENERAL,
        ("Flu-like symptoms", "Flu like symptom", "Influenza-like illness"),
        "流感样症状",
        (60, 36, 4, 0),
        (1, 2, 4, 7),
        0,
        8,
        3,
    ),
    Event(
        "Hypotension",
        VASCULAR,
        ("Hypotension", "Low blood pressure", "hypotension"),
        "低血压",
        (40, 45, 13, 2),
        (0, 0, 1, 3),
        0,
        3,
        1,
    ),
    Event(
        "Infusion related reaction",
        INJURY,
        ("Infusion related reaction", "infusion reaction", "IRR"),
        "输注相关反应",
        (30, 60, 9, 1),
        (0, 0, 1, 1),
        0,
        1,
        1,
    ),
    Event(
        "Palmar-plantar erythrodysaesthesia syndrome",
        SKIN,
        ("Hand-foot skin reaction", "Hand foot syndrome", "Palmar-plantar erythrodysesthesia"),
        "手足皮肤反应",
        (35, 45, 20, 0),
        (7, 15, 30, 70),
        0,
        0,
        13,
    ),
    Event(
        "Rash",
        SKIN,
        ("Rash", "Skin rash", "maculopapular rash"),
        "皮疹",
        (60, 33, 7, 0),
        (3, 8, 15, 40),
        0,
        1,
        6,
    ),
    Event(
        "Hypertension",
        VASCULAR,
        ("Hypertension", "High blood pressure", "BP increased"),
        "高血压",
        (25, 50, 25, 0),
        (7, 20, 50, 120),
        2,
        1,
        9,
    ),
    Event(
        "Hypothyroidism",
        ENDOCRINE,
        ("Hypothyroidism", "Hypothyreosis", "low thyroid function"),
        "甲状腺功能减退症",
        (55, 45, 0, 0),
        (30, 80, 150, 300),
        0,
        0,
        4,
    ),
    Event(
        "Proteinuria",
        RENAL,
        ("Proteinuria", "protein in urine", "Urine protein positive"),
        "蛋白尿",
        (60, 35, 5, 0),
        (7, 20, 40, 90),
        0,
        0,
        5,
    ),
    Event(
        "Cough",
        RESPIRATORY,
        ("Cough", "dry cough", "Coughing"),
        "咳嗽",
        (75, 25, 0, 0),
        (3, 7, 14, 30),
        2,
        2,
        3,
    ),
    Event(
        "Headache",
        NERVOUS,
        ("Headache", "headache", "Cephalalgia"),
        "头痛",
        (70, 27, 3, 0),
        (0, 1, 2, 5),
        1,
        4,
        3,
    ),
    Event(
        "Pneumonia",
        INFECTIONS,
        ("Pneumonia", "Lung infection", "pneumonia left lower lobe"),
        "肺炎",
        (0, 45, 45, 10),
        (5, 9, 14, 25),
        0,
        1,
        2,
    ),
    Event(
        "Cholangitis",
        HEPATOBILIARY,
        ("Cholangitis", "Biliary infection", "acute cholangitis"),
        "胆管炎",
        (0, 30, 55, 15),
        (4, 8, 14, 25),
        0,
        1,
        1,
    ),
    Event(
        "Hepatic failure",
        HEPATOBILIARY,
        ("Liver failure", "Hepatic failure", "liver failure"),
        "肝衰竭",
        (0, 0, 60, 40),
        (5, 10, 18, 30),
        0,
        0,
        0,
    ),
    Event(
        "Cytokine release syndrome",
        "Immune system disorders",
        ("Cytokine release syndrome", "CRS", "cytokine release"),
        "细胞因子释放综合征",
        (0, 55, 35, 10),
        (1, 3, 5, 9),
        0,
        1,
        0,
    ),
    Event(
        "Cardiac failure",
        CARDIAC,
        ("Heart failure", "Cardiac failure", "heart failure"),
        "心力衰竭",
        (0, 20, 50, 30),
        (5, 10, 20, 40),
        0,
        0,
        0,
    ),
)

POSITION = {event.preferred: index for index, event in enumerate(EVENTS)}
# Which events can be dose-limiting, drug-limiting, fatal, or change the dose of regorafenib.
DOSE_LIMITING = tuple(
    POSITION[name]
    for name in (
        "Alanine aminotransferase increased",
        "Aspartate aminotransferase increased",
        "Cytokine release syndrome",
        "Platelet count decreased",
        "Cholangitis",
    )
)
LIMITING = tuple(POSITION[name] for name in ("Pneumonia", "Rash", "Blood bilirubin increased"))
FATAL = tuple(
    POSITION[name] for name in ("Hepatic failure", "Pneumonia", "Cardiac failure", "Cholangitis")
)
REGORAFENIB = tuple(
    POSITION[name]
    for name in ("Palmar-plantar erythrodysaesthesia syndrome", "Hypertension", "Diarrhoea")
)
REACTION = POSITION["Infusion related reaction"]
