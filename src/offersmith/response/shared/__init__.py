"""The shared model: all offers learn from each other, and nothing is spent on arithmetic that is known.

Expected profit of an arm = chance to buy x (margin x basket - what the arm takes off it). The chance and the basket are
each learned as a level that ignores the offer plus what every arm changes (`part`); what arms change is learned three
times, by additive regressions with ramps and with steps (`additive`) and by boosted trees (`boosted`), all with priors
over the arms (`codes`) that let a five percent coupon learn from a ten percent one. The three are averaged, and means
and slopes are corrected by customers they had not seen (`slopes`).
"""
