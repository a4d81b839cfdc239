"""Customers as sequences of days: encoders that learn what comes next, trained with torch, asked without it."""
