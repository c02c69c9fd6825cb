"""KSeF in miniature: an imitation of the authority's API on 127.0.0.1, for tests and for trying
things out. It shares no code with the client; the two meet on the wire only."""
