"""Files as sources: one file per format, and a folder of them."""
