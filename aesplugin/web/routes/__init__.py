"""The page's and the API's routes, one file per subject."""
