"""What a submission team hands in: a package of a build, and the check of one."""

from sdtmconv.package.agencies import choose_agency, load_agencies
from sdtmconv.package.make import DEFAULT_AGENCY, Package, package
from sdtmconv.package.precheck import precheck
from sdtmconv.package.verify import Verified, verify

__all__ = [
    "DEFAULT_AGENCY",
    "Package",
    "Verified",
    "choose_agency",
    "load_agencies",
    "package",
    "precheck",
    "verify",
]
