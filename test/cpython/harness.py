"""Marks the steps of a Python program for the comparison with ours (test/cpython/README.md).

Marks are kept in memory, because a write would give the interpreter lock up and change what is compared; they go to the file named by the
environment when the process ends. A child that ends by os._exit calls flush() before.
"""
import atexit
import json
import multiprocessing.util
import os
import sys
import threading
import time

_FILE = os.environ["NETARIUM_TRACE"]
_marks = []


def _who():
    name = threading.current_thread().name
    return "main" if name == "MainThread" else name


def at(label, who=None):
    """Marks a step of the current thread, or of `who`."""
    _marks.append((who or _who(), label, time.monotonic_ns()))


def text_of(error):
    return f"{type(error).__name__}: {error}"


def raised(error, who=None):
    """Marks an exception that was caught."""
    at(f"raised {text_of(error)}", who)


def flush():
    """Writes the marks of this process; at its ordinary end this happens by itself."""
    marks, _marks[:] = list(_marks), []
    if not marks:
        return
    lines = "".join(json.dumps({"who": who, "label": label, "atNs": ns}) + "\n" for who, label, ns in marks)
    fd = os.open(_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, lines.encode())
    os.close(fd)


def _uncaught(kind, error, traceback):
    at(f"uncaught {text_of(error)}")
    sys.__excepthook__(kind, error, traceback)


def _uncaught_in_thread(args):
    at(f"uncaught {text_of(args.exc_value)}")


sys.excepthook = _uncaught
threading.excepthook = _uncaught_in_thread
atexit.register(flush)
# Children of multiprocessing end by os._exit after their finalizers; they begin without the parent's marks.
os.register_at_fork(after_in_child=_marks.clear)
multiprocessing.util.register_after_fork(flush, lambda write: multiprocessing.util.Finalize(None, write, exitpriority=-100))
