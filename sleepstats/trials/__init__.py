"""A randomised trial of one person: plan, sheet, analysis."""
