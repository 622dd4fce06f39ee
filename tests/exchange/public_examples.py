"""Where CDISC's public examples of define.xml are, for whoever has them."""

from pathlib import Path

PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "define"
EXAMPLES = ("defineV21-SDTM.xml", "define-adam-arm.xml")
