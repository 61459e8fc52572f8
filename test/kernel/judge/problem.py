"""The two ways in which a script ends early."""


class Failure(Exception):
    """The kernel did something else than the script says."""

    def __init__(self, line, seen, missing):
        super().__init__(seen)
        self.line, self.seen, self.missing = line, seen, missing


class CannotRun(Exception):
    """The script asks for something that this judge does not have."""

    def __init__(self, line, missing):
        super().__init__(missing)
        self.line, self.missing = line, missing
