"""A simulation as one self-contained HTML page, verdict first."""

from margincarlo.report.page import report_html
from margincarlo.report.wording import LIKELIHOOD, likelihood
from margincarlo.report.write import write_report

__all__ = ["LIKELIHOOD", "likelihood", "report_html", "write_report"]
