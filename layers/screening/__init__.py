"""Screening: candidates measured, filtered and put in order by weighted criteria, with how stable that order is."""
