"""What a policy that was never used would have earned, from a log of another that kept its chances.

`estimators` turns a log into one score a row, `support` says whether the log can answer at all, `interval` and
`bernstein` say how far a mean of scores may be off, `judge` puts them side by side and `difference` compares two.
"""
