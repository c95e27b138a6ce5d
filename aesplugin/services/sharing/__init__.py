"""Photos for a client, in a file that needs no server, and the choices that come back."""
