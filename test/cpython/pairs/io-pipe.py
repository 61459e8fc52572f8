"""Pipes: capacity, atomic and partial writes, pages, the end, a reader that is gone."""
import os
import select
import signal

from harness import at, raised

r, w = os.pipe()
os.set_blocking(r, False)
os.set_blocking(w, False)


def write(label, count):
    try:
        at(f"{label} {os.write(w, b'x' * count)}")
    except OSError as error:
        at(label)
        raised(error)


def writable():
    return bool(select.select([], [w], [], 0)[1])


try:
    os.read(r, 1)
except OSError as error:
    raised(error)
write("fill", 100_000)
write("one byte more", 1)
at(f"writable {writable()}")
at(f"read {len(os.read(r, 100))}")
write("into a page that was read in part", 50)
at(f"writable {writable()}")
at(f"read {len(os.read(r, 3996))}")
at(f"writable {writable()}")
write("PIPE_BUF and one", 4097)
write("none", 0)
at(f"read {len(os.read(r, 8192))}")
write("PIPE_BUF", 4096)
write("half a page", 2048)
write("behind it", 2048)
write("again", 1)
at(f"read {len(os.read(r, 200_000))}")
write("small", 10)
write("large", 70_000)
at(f"read {len(os.read(r, 200_000))}")
os.close(w)
at(f"end {os.read(r, 10)}")
os.close(r)
r, w = os.pipe()
os.close(r)
write("no reader", 1)
pid = os.fork()
if pid == 0:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.write(w, b"x")
    os._exit(0)
at(f"child ended by {os.WTERMSIG(os.waitpid(pid, 0)[1])}")
