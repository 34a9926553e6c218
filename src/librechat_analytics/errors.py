"""The error for problems outside the program."""


class OperatorError(Exception):
    """A problem that the operator can fix; the message says what it is and what to do."""


class AwayError(OperatorError):
    """Something does not answer for a while; the log says once that it is away, and once that it is back."""


class NotDoneYetError(OperatorError):
    """The follower has not done what was requested; the text says when it will."""
