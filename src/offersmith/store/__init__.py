"""Where things are kept and heavy questions are answered: the only room that speaks to engines and databases."""
