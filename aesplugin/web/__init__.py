"""The review page and its HTTP API. The only home of the web framework."""
