import traceback

from harness import at


def chain(error):
    lines = "".join(traceback.format_exception(error)).splitlines()
    for line in lines:
        if line and not line.startswith((" ", "Traceback")):
            at(line)


def inner():
    raise ValueError("inner")


def during():
    try:
        inner()
    except ValueError:
        raise RuntimeError("while handling")


def explicitly():
    try:
        inner()
    except ValueError as error:
        raise RuntimeError("because of it") from error


def suppressed():
    try:
        inner()
    except ValueError:
        raise RuntimeError("alone") from None


def again():
    try:
        inner()
    except ValueError:
        raise


def in_finally():
    try:
        inner()
    finally:
        raise RuntimeError("from finally")


def three():
    try:
        explicitly()
    except RuntimeError:
        raise KeyError("third")


for function in (during, explicitly, suppressed, again, in_finally, three):
    try:
        function()
    except Exception as error:
        at(f"{function.__name__}: cause {error.__cause__!r}, context {error.__context__!r}")
        chain(error)
