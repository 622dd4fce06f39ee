"""Begin studies from what others describe them by, and describe them for others."""

from sdtmconv.exchange.begin import Begun, begin_study
from sdtmconv.exchange.export import export

__all__ = ["Begun", "begin_study", "export"]
