"""What goes wrong outside the program."""


class OperatorError(Exception):
    """A condition that whoever runs the program can mend; its text says what it is and what to do."""
