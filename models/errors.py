"""The one kind of error that is the user's to mend."""


class InputError(Exception):
    """One clear sentence that says what is wrong and where.

    Raised for anything that comes from outside the program: files, folders, options, models.
    Command lines print it and exit with status 2; the window shows it as a notice. Every other
    exception is a defect of the program itself.
    """
