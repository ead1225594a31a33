"""The queue between the records and the index."""
