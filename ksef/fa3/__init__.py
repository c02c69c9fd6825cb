"""The structured invoice FA(3): the document, its writer and reader, and its rules."""
