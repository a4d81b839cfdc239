"""Which learner to trust, and whether its policy is worth shipping: both asked of customers it has not seen.

`candidates` says who competes, `held_out` lets each predict customers it was not fitted on, `value` says what each
policy is worth there, `rule` picks one, `gate` decides whether its policy, one arm for all, or nothing is given.
"""
