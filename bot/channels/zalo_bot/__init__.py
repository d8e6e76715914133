"""A bot of Zalo's Bot Platform as a channel. Each rule's source is in the wire contract, part B."""
