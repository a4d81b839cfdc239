"""What held-out customers say of a model that learned from offers given by lot: how far it is believed, and the record.

`belief` turns a learner's effects into those that estimates carry, `usual` says what customers do without an offer, and
`record` puts the whole judging into plain values.
"""
