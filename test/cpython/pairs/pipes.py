import os

from harness import at, raised


def attempt(name, call, *arguments):
    try:
        result = call(*arguments)
        at(f"{name}: {len(result) if isinstance(result, bytes) else result}")
    except OSError as error:
        raised(error, name)


def fill(fd, size):
    total = 0
    try:
        while True:
            total += os.write(fd, b"x" * size)
    except BlockingIOError:
        return total


r, w = os.pipe()
os.write(w, b"one")
os.write(w, b"two")
attempt("a stream has no borders", os.read, r, 100)
os.write(w, b"abcdef")
attempt("part", os.read, r, 2)
attempt("rest", os.read, r, 100)
os.set_blocking(r, False)
attempt("empty", os.read, r, 1)
os.write(w, b"last")
os.close(w)
attempt("what is left", os.read, r, 100)
attempt("end", os.read, r, 100)
attempt("end again", os.read, r, 100)
os.close(r)

r, w = os.pipe()
os.close(r)
attempt("nobody reads", os.write, w, b"x")
os.close(w)

r, w = os.pipe()
os.set_blocking(w, False)
at(f"capacity {fill(w, 4096)}")
attempt("full", os.write, w, b"x")
os.read(r, 4095)
attempt("a page less one byte is free", os.write, w, b"x")
os.read(r, 1)
attempt("a page is free", os.write, w, b"y" * 4096)
attempt("full again", os.write, w, b"x")
os.read(r, 3 * 4096)
attempt("more than PIPE_BUF goes in part", os.write, w, b"z" * 20000)
os.close(r)
os.close(w)
attempt("closed", os.write, w, b"x")
