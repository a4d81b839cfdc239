"""What customers do in the shop: their visits, what they leave behind, when they come, and what they buy again."""
