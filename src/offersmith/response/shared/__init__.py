"""The shared model: all offers learn from each other, and nothing is spent on arithmetic that is known.

Expected profit of an arm = chance to buy x (margin x basket - what the arm takes off it). The chance and the basket are
each learned as a level that ignores the offer plus what every arm changes (`parts`); what arms change is learned twice,
by an additive regression (`additive`) and by boosted trees (`boosted`), both with priors over the arms (`codes`) that
let a five percent coupon learn from a ten percent one. The two are averaged, and a slope is read from customers neither
had seen (`slopes`).
"""
