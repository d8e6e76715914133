"""A channel of the tests, in memory: pigeons carry slips of paper. Its folder and its wiring are as a real one's."""
