"""The `where` language of specs: text to a mask of records, a define.xml range check, a sentence.

    AESER EQ "Y" and (AEOUT IN ("FATAL", "UNKNOWN") or `Dose (mg)` GT 0) and AETERM is not missing

Comparators are the words that SAS and define.xml share, plus CONTAINS and STARTS for text.
Missing values follow SAS, save for one thing:

- EQ and NE know missing as a value: a missing AESER is NE "Y", two missing columns are EQ.
  IN and NOTIN are the same for a list.
- LT, LE, GT and GE are false where a side is missing. SAS takes missing for less than every
  number, and so AGE LT 18 would select the subjects whose age nobody knows.
- CONTAINS and STARTS are false for missing.

Texts compare as text, case counting. Where one side is a number (a literal or a Num column), a
Char column on the other side is read as numbers, for raw records are all text.
"""

from sdtmconv.conditions.condition import Condition, parse_condition, write_range_checks

__all__ = ["Condition", "parse_condition", "write_range_checks"]
