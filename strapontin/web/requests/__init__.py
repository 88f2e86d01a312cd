"""Requests for seats: the list, one request with its answer, a request for seats alone."""
