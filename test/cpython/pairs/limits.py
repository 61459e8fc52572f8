"""Limits: descriptors run out, a file is too large, a hard limit is not raised by an ordinary user, ports below 1024."""
import os
import resource
import signal
import socket

from harness import at, raised


def attempt(label, call):
    try:
        answer = call()
        at(f"{label} {answer if isinstance(answer, int) else 'ok'}")
    except (OSError, ValueError) as error:
        raised(error)


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
at(f"core {resource.getrlimit(resource.RLIMIT_CORE)[0]}")
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
fd = os.open("f", os.O_WRONLY | os.O_CREAT)
signals = []
signal.signal(signal.SIGXFSZ, lambda number, frame: signals.append(number))
attempt("write", lambda: os.write(fd, b"x" * 8))
attempt("write", lambda: os.write(fd, b"x" * 8))
attempt("write", lambda: os.write(fd, b"x"))
attempt("truncate", lambda: os.ftruncate(fd, 11))
at(f"signals {signals}")
os.close(fd)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
# The marks are written here at the end, by another user.
os.chmod(".", 0o777)
resource.setrlimit(resource.RLIMIT_NOFILE, (6, 20))
held = []
while True:
    try:
        held.append(os.dup(0))
    except OSError as error:
        raised(error)
        break
at(f"highest {max(held)}")
attempt("dup2", lambda: os.dup2(0, 6))
for number in held:
    os.close(number)
os.setuid(1000)
attempt("raise the hard limit", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 21)))
attempt("lower it", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 19)))
attempt("soft up to hard", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (19, 19)))
s = socket.socket()
attempt("port 80", lambda: s.bind(("127.0.0.1", 80)))
attempt("port 8080", lambda: s.bind(("127.0.0.1", 8080)))
attempt("kill init", lambda: os.kill(1, 0))
attempt("become root", lambda: os.setuid(0))
