-- Figures are kept for a while only: the oldest are found, whosever they are.
CREATE INDEX tallies_by_age ON tallies (hour);
