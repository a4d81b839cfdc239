"""Why a customer gets an offer, and what the policy is in words.

`explain` asks the deciding model which features an effect comes from, `reasons` says it, and `policy_tree` puts a whole
policy into a few sentences and says what that costs.
"""
