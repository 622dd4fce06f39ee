"""What an analyst derives from the raw records, by the stated rules, is the truth."""

from datetime import date, datetime

import pandas as pd

EDC = "%d-%b-%Y"
SHORT = {
    "Complete Response (CR)": "CR",
    "Partial Response (PR)": "PR",
    "Stable Disease (SD)": "SD",
    "Progressive Disease (PD)": "PD",
    "Not Evaluable (NE)": "NE",
    "Non-CR/Non-PD": "NON-CR/NON-PD",
    "Not applicable": "NOT APPLICABLE",
}


def edc_days(texts: pd.Series) -> pd.Series:
    """Read complete EDC dates; other ones become missing."""
    return pd.to_datetime(texts, format=EDC, errors="coerce")


def treated(study) -> pd.DataFrame:
    subjects = study.truth["subjects"]
    return subjects[subjects.STATUS == "TREATED"].set_index("SUBJID")


def first_doses(study) -> pd.Series:
    given = study.raw["ec_hai"].query("HAIYN == 'Yes'")
    return edc_days(given.HAISTDAT).groupby(given.SUBJID).min()


def test_infusions_are_the_true_ones(study) -> None:
    """Every infusion given is recorded with its day and amount, every missed one without."""
    for form, prefix, name in (("ec_hai", "HAI", "BIOTTT001"), ("ec_iv", "IV", "TORIPALIMAB")):
        raw = study.raw[form]
        true = study.truth["doses"].query(f"TREATMENT == '{name}'").reset_index(drop=True)
        assert list(raw.SUBJID + raw.VISIT) == list(true.SUBJID + true.VISIT)
        given = raw[f"{prefix}YN"] == "Yes"
        assert list(given) == list(true.DOSE != "0")
        amounts = raw[f"{prefix}ADOSE"][given].astype(float)
        assert list(amounts) == list(true.DOSE[given].astype(float))
        stated = edc_days(raw[f"{prefix}STDAT"][given]).dt.strftime("%Y-%m-%d")
        assert list(stated) == list(true.START[given].str[:10])
        timed = given & (raw[f"{prefix}STTIM"] != "")
        assert list(raw[f"{prefix}STTIM"][timed]) == list(true.START[timed].str[11:])


def test_tablets_are_the_true_ones(study) -> None:
    """Intervals agree in dose and dates, as far as the dates are known."""
    raw = study.raw["ec_po"]
    true = study.truth["doses"].query("TREATMENT == 'REGORAFENIB'").reset_index(drop=True)
    assert list(raw.POADOSE) == list(true.DOSE)
    started = edc_days(raw.POSTDAT)
    known = started.notna()
    assert list(started[known].dt.strftime("%Y-%m-%d")) == list(true.START[known])
    ended = edc_days(raw.POENDAT).dt.strftime("%Y-%m-%d").fillna("")
    assert list(ended) == list(true.END)


def test_first_and_last_dose_can_be_told(study) -> None:
    """First dose with its time, and last dose, follow from the three exposure forms."""
    people = treated(study)
    hai, iv, po = study.raw["ec_hai"], study.raw["ec_iv"], study.raw["ec_po"]
    first = hai.query("HAIYN == 'Yes'").groupby("SUBJID").first()
    day = edc_days(first.HAISTDAT).dt.strftime("%Y-%m-%d")
    assert (day + "T" + first.HAISTTIM).loc[people.index].tolist() == people.FIRSTDOSE.tolist()
    taken = po[po.POADOSE != "0"]
    days = pd.concat(
        [
            edc_days(hai.HAISTDAT).groupby(hai.SUBJID).max(),
            edc_days(iv.IVSTDAT).groupby(iv.SUBJID).max(),
            edc_days(taken.POSTDAT).groupby(taken.SUBJID).max(),
            edc_days(taken.POENDAT).groupby(taken.SUBJID).max(),
        ]
    )
    last = days.groupby(level=0).max().dt.strftime("%Y-%m-%d")
    assert last.loc[people.index].tolist() == people.LASTDOSE.tolist()


def test_survival_follows_from_visits_contacts_and_deaths(study) -> None:
    """OS runs to the death form's date, else to the last visit made or contact with the living."""
    people = treated(study)
    visits = study.raw["sv"].query("VISYN == 'Yes'")
    contacts = study.raw["fu"].query("FUSTAT == 'Alive'")
    seen = pd.concat(
        [
            edc_days(visits.VISDAT).groupby(visits.SUBJID).max(),
            edc_days(contacts.FUDAT).groupby(contacts.SUBJID).max(),
        ]
    )
    last = seen.groupby(level=0).max()
    dead = edc_days(study.raw["dth"].set_index("SUBJID").DTHDAT)
    end = dead.combine_first(last).loc[people.index]
    days = (end - first_doses(study).loc[people.index]).dt.days + 1
    assert days.tolist() == people.OSDAYS.astype(int).tolist()
    assert people.index.isin(dead.index).tolist() == (people.OSEVENT == "Y").tolist()
    assert (days <= 700).all()


def assessments(study) -> dict[str, list[tuple[date, str]]]:
    """List each subject's assessments that count, with the overall response."""
    therapy = study.raw["fu"].query("FUNEWTX == 'Yes'")
    started = edc_days(therapy.FUTXDAT).groupby(therapy.SUBJID).min()
    made = study.raw["rsp"].query("RSDONE == 'Yes'")
    found: dict[str, list[tuple[date, str]]] = {}
    for record in made.itertuples():
        day = datetime.strptime(record.RSDAT, EDC).date()
        counting = found.setdefault(record.SUBJID, [])
        progressed = any(response == "PD" for _, response in counting)
        new = record.SUBJID in started.index and day >= started[record.SUBJID].date()
        if not progressed and not new:
            counting.append((day, SHORT[record.RSOVR]))
    return found


def best(counting: list[tuple[date, str]], first_dose: date, confirmed: set[str]) -> str:
    """Choose the best response by the stated rule; `confirmed` may be CR and PR."""
    responses = [response for _, response in counting]
    for response in ("CR", "PR"):
        if response in confirmed:
            return response
    late = [r for day, r in counting if (day - first_dose).days >= 42]
    if any(response in ("CR", "PR", "SD") for response in late):
        return "SD"
    if "PD" in responses:
        return "PD"
    return "NE" if responses else "MISSING"


def find_confirmed(counting: list[tuple[date, str]]) -> set[str]:
    """Find CR and PR that a later assessment confirms."""
    found = set()
    for kind, good in (("CR", {"CR"}), ("PR", {"CR", "PR"})):
        for i, (day, response) in enumerate(counting):
            for j in range(i + 1, len(counting)):
                between = [r for _, r in counting[i + 1 : j]]
                if (
                    response == kind
                    and counting[j][1] in good
                    and (counting[j][0] - day).days >= 28
                    and set(between) <= good | {"NE"}
                    and between.count("NE") <= 1
                ):
                    found.add(kind)
    return found


def test_best_responses_follow_from_the_investigators_responses(study) -> None:
    """Unconfirmed and confirmed best response of every treated subject."""
    counting, first = assessments(study), first_doses(study)
    for subject, person in treated(study).iterrows():
        seen = counting.get(subject, [])
        start = first[subject].date()
        assert best(seen, start, {r for _, r in seen}) == person.BOR, subject
        assert best(seen, start, find_confirmed(seen)) == person.CBOR, subject


def test_progression_free_survival_follows_from_responses_and_deaths(study) -> None:
    """PFS of every treated subject: progression, death, or the last evaluable assessment."""
    counting, first = assessments(study), first_doses(study)
    dead = edc_days(study.raw["dth"].set_index("SUBJID").DTHDAT)
    new = set(study.raw["fu"].query("FUNEWTX == 'Yes'").SUBJID)
    for subject, person in treated(study).iterrows():
        seen = counting.get(subject, [])
        worse = [day for day, response in seen if response == "PD"]
        evaluable = [day for day, response in seen if response != "NE"]
        event = bool(worse) or (subject in dead.index and subject not in new)
        last = evaluable[-1] if evaluable else first[subject].date()
        end = worse[0] if worse else dead[subject].date() if event else last
        days = (end - first[subject].date()).days + 1
        assert (int(person.PFSDAYS), person.PFSEVENT) == (days, "NY"[event]), subject


def final_readings(study) -> pd.DataFrame:
    """Keep the last reading of each lesion and assessment, in millimetres."""
    made = study.raw["tl"].query("TLDONE == 'Yes'")
    last = made.groupby(["SUBJID", "VISIT", "TLNO"], sort=False).last().reset_index()
    size = pd.to_numeric(last.TLDIAM) * last.TLUNIT.map({"cm": 10, "mm": 1})
    return last.assign(mm=size.round().mask(last.TLSTATE == "Too small to measure", 5))


def test_lesions_are_the_true_ones(study) -> None:
    """The last reading of each lesion is its true diameter, 5 mm where too small to measure."""
    readings = final_readings(study)
    true = study.truth["lesions"]
    assert list(readings.SUBJID + readings.VISIT + readings.TLNO) == list(
        true.SUBJID + true.VISIT + true.LESION
    )
    assert list(readings.mm.fillna(-1)) == list(pd.to_numeric(true.SUMMED).fillna(-1))


def recist(sums: list[float], lesions: list[pd.DataFrame]) -> list[str]:
    """Compute target responses after baseline from sums and lesions, visit by visit."""
    responses = []
    for i in range(1, len(sums)):
        nadir = min(total for total in sums[:i] if total >= 0)
        nodal = lesions[i].TLNODE == "Yes"
        normal = (lesions[i].mm < 10).where(nodal, lesions[i].mm == 0)
        if sums[i] < 0:
            responses.append("NE")
        elif normal.all():
            responses.append("CR")
        elif sums[i] - nadir >= 5 and sums[i] * 10 >= nadir * 12:
            responses.append("PD")
        elif sums[i] * 10 <= sums[0] * 7:
            responses.append("PR")
        else:
            responses.append("SD")
    return responses


def test_target_responses_follow_from_the_lesions(study) -> None:
    """Sums and RECIST 1.1 target responses recomputed from the form on target lesions."""
    true = study.truth["responses"].set_index(["SUBJID", "VISIT"])
    for subject, readings in final_readings(study).groupby("SUBJID", sort=False):
        lesions = [visit for _, visit in readings.groupby("VISIT", sort=False)]
        sums = [v.mm.sum() if v.mm.notna().all() else -1 for v in lesions]
        visits = [(subject, v.VISIT.iloc[0]) for v in lesions]
        assert sums == pd.to_numeric(true.loc[visits].SUM).fillna(-1).tolist()
        assert recist(sums, lesions) == true.loc[visits].COMPUTED.tolist()[1:]


def test_the_investigator_seldom_differs(study) -> None:
    """The form on responses holds the true ones; the target response is rarely a step lower."""
    made = study.raw["rsp"].query("RSDONE == 'Yes'")
    true = study.truth["responses"].query("VISIT != 'Screening'")
    for column, name in (("RSTRG", "TARGET"), ("RSNTRG", "NONTARGET"), ("RSOVR", "OVERALL")):
        assert made[column].map(SHORT).tolist() == true[name].tolist()
    differs = true[true.TARGET != true.COMPUTED]
    assert set(differs.TARGET + "<" + differs.COMPUTED) <= {"SD<PR"}
    assert len(differs) < len(true) / 20


def test_dlts_and_evaluability_are_on_the_forms(study) -> None:
    """The DLT form and the adverse events agree with the truth, subject by subject and phase."""
    people = treated(study)
    events = study.raw["ae"].query("AEDLT == 'Yes'")
    forms = study.raw["dlt"].set_index(["SUBJID", "DLTPH"])
    for phase, name in (("Monotherapy", "MONO"), ("Combination", "COMB")):
        of_phase = events[phase == events.AEDLTPH].set_index("SUBJID").AESTDAT
        dates = edc_days(of_phase).dt.strftime("%Y-%m-%d")
        true = people[f"{name}DLT"]
        assert dates.to_dict() == true[true != ""].to_dict()
        entered = people.index[people[f"{name}ENTERED"] == "Y"]
        rows = forms.xs(phase, level="DLTPH")
        assert set(rows.index) == set(entered)
        expected = people.loc[rows.index, f"{name}EVAL"].map({"Y": "Yes", "N": "No"})
        assert rows.DLTEVAL.tolist() == expected.tolist()
        assert (rows.DLTNEREA == "").tolist() == (rows.DLTEVAL == "Yes").tolist()


def test_events_are_the_true_ones(study) -> None:
    """Adverse events agree in line, grade and, where complete, dates."""
    raw, true = study.raw["ae"], study.truth["events"]
    assert list(raw.SUBJID + raw.AELINE + raw.AEPT) == list(true.SUBJID + true.AELINE + true.AEPT)
    assert list(raw.AETOXGR) == list("Grade " + true.GRADE)
    for column, name in (("AESTDAT", "START"), ("AEENDAT", "END")):
        known = edc_days(raw[column])
        complete = known.notna()
        assert list(known[complete].dt.strftime("%Y-%m-%d")) == list(true[name][complete])


def test_what_began_before_is_known_whatever_of_its_date_is(study) -> None:
    """Events say whether they began before the true first dose, treatments before consent."""
    people, true = study.truth["subjects"].set_index("SUBJID"), study.truth["events"]
    before = true.SUBJID.map(people.FIRSTDOSE.str[:10]) > true.START
    assert list(study.raw["ae"].AEPRIOR) == list(before.map({True: "Yes", False: "No"}))
    cm = study.raw["cm"]
    days = edc_days(cm.CMSTDAT)
    early = days < pd.to_datetime(cm.SUBJID.map(people.CONSENT))
    assert list(cm.CMPRIOR[days.notna()] == "Yes") == list(early[days.notna()])
    assert set(cm.CMPRIOR[days.isna()]) == {"Yes", "No"}


def test_an_event_that_is_over_has_an_end(study) -> None:
    """The form takes no outcome of a past event without at least the year of its end."""
    ae = study.raw["ae"]
    assert ((ae.AEENDAT == "") == (ae.AEONGO == "Yes")).all()
    assert (ae.AEENDAT[ae.AEOUT.str.startswith("Recovered")] != "").all()
    assert ae.AEENDAT.str.fullmatch(r"\d{4}").any()


def test_safety_follow_up_ends_with_its_visit(study) -> None:
    """No adverse event of a subject who came to that visit began later."""
    ended = study.raw["ds"].query("DSEVENT == 'Safety follow-up ended'").set_index("SUBJID")
    visits = study.raw["sv"].query("VISIT == 'Safety FU' and VISYN == 'Yes'").set_index("SUBJID")
    assert ended.DSDAT.to_dict() == visits.VISDAT.to_dict()
    events = study.raw["ae"]
    assert not (edc_days(events.AESTDAT) > events.SUBJID.map(edc_days(ended.DSDAT))).any()


def test_grade_5_is_fatal_is_death(study) -> None:
    """Grade 5, outcome fatal and results in death go together, on the day of the death form."""
    ae = study.raw["ae"]
    five = ae.AETOXGR == "Grade 5"
    assert (five == (ae.AEOUT == "Fatal")).all()
    assert (five == (ae.AESDTH == "Yes")).all()
    deaths = study.raw["dth"].set_index("SUBJID")
    fatal = ae[five].set_index("SUBJID")
    assert fatal.AEENDAT.to_dict() == deaths.loc[fatal.index].DTHDAT.to_dict()
    by_event = deaths[deaths.DTHCAUS == "Adverse event"]
    assert by_event.DTHTERM.to_dict() == fatal.AEPT.to_dict()


def test_samples_hold_what_is_truly_in_them(study) -> None:
    """Measured results equal the truth; below the limit they say so; ND is nothing at all."""
    true = study.truth["samples"].set_index(["SUBJID", "WHAT", "VISIT", "TPT"]).TRUE
    for record in study.raw["pk_vendor"].drop_duplicates().itertuples():
        value = int(true[record.SUBJECT, "PLASMA ADV", record.VISIT, record.TPT])
        low = {"ND"} if value == 0 else {"<50", "<LLOQ"} if value < 50 else {str(value)}
        assert record.RESULT in low | ({""} if record.COMMENT else set())
    for record in study.raw["il12_vendor"].itertuples():
        text = true[record.SUBJECT, "IL-12", record.VISIT, record.TPT]
        shown = text if float(text) >= 3.9 else "<LLOQ"
        assert ("" if record.COMMENT else shown) == record.RESULT


def test_titres_are_the_true_ones(study) -> None:
    """A titre is shown as 1:n, beyond the ladder as > or <; negative samples have none."""
    true = study.truth["samples"].query("WHAT == 'ANTIBODY TITRE'")
    titres = study.raw["nab_vendor"].query("TIER == 'Titer'")
    screens = study.raw["nab_vendor"].query("TIER == 'Screening'")
    shown = [
        "<1:10" if not titre else ">1:10240" if int(titre) > 10240 else f"1:{titre}"
        for titre in true.TRUE
    ]
    assert list(titres.RESULT) == shown
    assert list(screens.RESULT) == ["Positive" if titre else "Negative" for titre in true.TRUE]


def test_shed_copies_are_the_true_ones(study) -> None:
    """Shedding by site: positive where there is something, a number from 100 copies on."""
    true = study.truth["samples"]
    true = true[true.WHAT.str.startswith("SHED ")].set_index(["SUBJID", "WHAT", "VISIT"]).TRUE
    for record in study.raw["shed_vendor"].itertuples():
        value = int(true[record.SUBJECT, f"SHED {record.SPECIMEN.upper()}", record.VISIT])
        if not record.COMMENT:
            assert ("Positive" if value else "Negative") == record.DETECTED
            shown = str(value) if value >= 100 else "<100" if value else "ND"
            assert shown == record.RESULT


def test_nothing_is_later_than_what_is_known_of_a_subject(study) -> None:
    """No complete date of a form lies after the last contact, or the death, or the data cut."""
    people = treated(study)
    known = pd.to_datetime(people.DEATH.where(people.DEATH != "", people.LASTALIVE))
    assert (known <= pd.Timestamp(study.truth["study"].DATACUT[0])).all()
    dates = {
        "ae": ("AESTDAT", "AEENDAT"),
        "cm": ("CMSTDAT", "CMENDAT"),
        "ec_hai": ("HAISTDAT",),
        "ec_iv": ("IVSTDAT",),
        "ec_po": ("POSTDAT", "POENDAT"),
        "tl": ("TLDAT",),
        "lb": ("LBDAT",),
        "ds": ("DSDAT",),
        "sv": ("VISDAT",),
        "dlt": ("DLTDAT",),
    }
    for form, columns in dates.items():
        raw = study.raw[form]
        raw = raw[raw.SUBJID.isin(people.index)]
        for column in columns:
            late = edc_days(raw[column]) > raw.SUBJID.map(known)
            assert not late.any(), f"{form} {raw[late].SUBJID.tolist()}"


def test_consent_enrolment_and_first_dose_are_in_order(study) -> None:
    """Consent, then enrolment, then the first dose; nothing is collected before consent."""
    people = treated(study)
    assert (people.CONSENT < people.ENROLMENT).all()
    assert (people.FIRSTDOSE.str[:10] > people.ENROLMENT).all()
    dm = study.raw["dm"].set_index("SUBJID")
    consent = edc_days(dm.RFICDAT).dt.strftime("%Y-%m-%d")
    assert consent.tolist() == study.truth["subjects"].CONSENT.tolist()
    visits = study.raw["sv"]
    early = edc_days(visits.VISDAT) < visits.SUBJID.map(edc_days(dm.RFICDAT))
    assert not early.any()
