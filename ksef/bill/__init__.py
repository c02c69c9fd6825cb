"""A received document as a bill: what it is, what it says to book, and what is doubtful in it."""
