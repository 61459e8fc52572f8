"""epoll: level and edge, one-shot, exclusive, what it refuses, nested sets."""
import os
import select

from harness import at, raised

NAMES = ["IN", "OUT", "ERR", "HUP"]
BITS = {name: getattr(select, f"EPOLL{name}") for name in NAMES}


def events(poller, names, timeout=0):
    found = []
    for fd, bits in poller.poll(timeout):
        found.append(f"{names[fd]}:{'|'.join(name for name in NAMES if bits & BITS[name])}")
    return " ".join(found) or "nothing"


def attempt(label, call):
    try:
        call()
        at(f"{label} ok")
    except OSError as error:
        raised(error)


r, w = os.pipe()
names = {r: "r", w: "w"}
level, edge = select.epoll(), select.epoll()
level.register(r, select.EPOLLIN)
edge.register(r, select.EPOLLIN | select.EPOLLET)
at(f"empty: level {events(level, names)}; edge {events(edge, names)}")
os.write(w, b"abc")
at(f"data: level {events(level, names)}; edge {events(edge, names)}")
at(f"again: level {events(level, names)}; edge {events(edge, names)}")
os.read(r, 1)
at(f"after a read: level {events(level, names)}; edge {events(edge, names)}")
os.write(w, b"d")
at(f"more data: level {events(level, names)}; edge {events(edge, names)}")
os.read(r, 10)
at(f"all read: level {events(level, names)}; edge {events(edge, names)}")
edge.modify(r, select.EPOLLIN | select.EPOLLET)
os.write(w, b"e")
events(edge, names)
edge.modify(r, select.EPOLLIN | select.EPOLLET)
at(f"modified with data: edge {events(edge, names)}")
os.read(r, 10)

shot = select.epoll()
shot.register(r, select.EPOLLIN | select.EPOLLONESHOT)
os.write(w, b"x")
at(f"one shot: {events(shot, names)} then {events(shot, names)}")
shot.modify(r, select.EPOLLIN | select.EPOLLONESHOT)
at(f"armed: {events(shot, names)} then {events(shot, names)}")

attempt("twice", lambda: level.register(r, select.EPOLLIN))
attempt("unknown", lambda: level.modify(w, select.EPOLLOUT))
attempt("absent", lambda: level.unregister(w))
attempt("itself", lambda: level.register(level.fileno(), select.EPOLLIN))
attempt("file", lambda: level.register(os.open("/etc/passwd", os.O_RDONLY), select.EPOLLIN))
attempt("closed", lambda: level.register(999, select.EPOLLIN))
exclusive = select.epoll()
attempt("exclusive one-shot", lambda: exclusive.register(r, select.EPOLLIN | select.EPOLLEXCLUSIVE | select.EPOLLONESHOT))
attempt("exclusive", lambda: exclusive.register(r, select.EPOLLIN | select.EPOLLEXCLUSIVE))
attempt("exclusive modified", lambda: exclusive.modify(r, select.EPOLLIN))

chain = [level]
for depth in range(2, 7):
    outer = select.epoll()
    try:
        outer.register(chain[-1].fileno(), select.EPOLLIN)
        chain.append(outer)
        at(f"nested {depth}")
    except OSError as error:
        raised(error)
attempt("circle", lambda: level.register(chain[-1].fileno(), select.EPOLLIN))
at(f"outermost {events(chain[-1], {chain[-2].fileno(): 'inner'})}")

last = select.epoll()
last.register(r, 0)
copy = os.dup(r)
level.unregister(r)
level.register(copy, select.EPOLLIN)
names[copy] = "copy"
os.close(copy)
at(f"closed, but open elsewhere: {events(level, names)}")
os.close(w)
at(f"nothing asked for: {events(last, names)}")
