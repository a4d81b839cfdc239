"""Who gets which offer under any number of limits: `solve.allocate`, at any size, with a proof."""
