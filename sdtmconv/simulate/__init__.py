"""Simulate the raw records of the reference study, BioTTT001, and the truth behind them.

Where to look:

- `forms` lists every raw file with its columns and their meaning: map the study from there.
- `protocol`, `escalation`, `course` and `tumours` play the trial; `subjects`, `visits`,
  `exposure`, `events`, `imaging`, `kinetics`, `labs`, `vitals`, `history`, `disposition` and
  `vendors` record it; `untidy` makes collected text of it, and `truth` keeps what happened.
- `dice` says why the same seed gives the same bytes everywhere.

The files of `truth/` are for tests to compare with, and no spec may read them. They follow from
the raw records by these rules:

- First dose: the first BioTTT001 infusion; its time is never missing. Last dose: the last infusion
  given, last day of an interval of tablets above 0 mg, or first day of one still going on at the
  data cut.
- Overall survival: from the first dose to the death form's date, which is always complete; else
  censored at the last visit made (sv) or contact with the living (fu). A vain contact is none.
- Responses and progression-free survival: see `responses`.
- A lesion's diameter is that of its last reading (Re-assessment replaces Initial), 5 mm where too
  small to measure and 0 where absent. A sum needs all target lesions of the baseline.
- DLT window: 28 days from a phase's first BioTTT001 infusion, that day counted. DLT-evaluable in a
  phase: a DLT in its window, or both infusions given in the phase's first 28 days and still on
  treatment after the window. What counts for the 3+3 decision: see `escalation`.
- Samples: the amount truly there. Plasma and swabs without any are ND or Negative; titres are 10,
  40, 160, ..., and a missing one is below 10.
"""

from sdtmconv.simulate.study import REFERENCE_SEED, simulate

__all__ = ["REFERENCE_SEED", "simulate"]
