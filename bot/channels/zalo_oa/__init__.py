"""Zalo's Official Account as a channel, spoken by hand: what comes in, what goes out, and the tokens for it."""
