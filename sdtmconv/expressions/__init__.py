"""Arithmetic in specs: text to numbers on whole columns, and to a method in define.xml.

    round(100 * (AVAL - BASE) / abs(BASE), 1)

The operators are + - * / and **, which bind as in SAS: -2 ** 2 is -4 and 2 ** 3 ** 2 is 512.
Missing values and functions follow SAS:

- An operator, and a function of one value, gives missing where a side is missing.
- What has no value is missing: a division by zero, log(0), sqrt(-1), a number too large to hold.
- min, max, sum, mean and coalesce leave missing values out.
- round takes halves away from zero, to a number of decimals (SAS takes a unit). It, floor and ceil
  forgive what binary arithmetic leaves of a decimal fraction: round(1.005, 2) is 1.01.
"""

from sdtmconv.expressions.expression import Expression, parse_expression

__all__ = ["Expression", "parse_expression"]
