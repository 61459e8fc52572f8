import os
import select
import socket

from harness import at, raised


def look(name, names, r, w, timeout=0):
    found = select.select(r, w, r, timeout)
    at(f"{name}: " + "; ".join(" ".join(names[fd] for fd in fds) for fds in found))


r, w = os.pipe()
names = {r: "r", w: "w"}
look("empty pipe", names, [r], [w])
os.write(w, b"x")
look("pipe with data", names, [r], [w])
look("both sets of both", names, [r, w], [r, w])
os.close(w)
look("writer gone", names, [r], [])
os.read(r, 1)
look("at the end", names, [r], [])
os.close(r)
try:
    select.select([r], [], [], 0)
except OSError as error:
    raised(error)

s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
listening = s.fileno()
names = {listening: "s"}
look("nobody knocks", names, [listening], [])
at("from")
look("100 ms", names, [listening], [], 0.1)
at("to")
look("300 ms", names, [listening], [], 0.3)
at("end")
c = socket.create_connection(s.getsockname())
look("somebody knocks", names, [listening], [], 10)
t, _ = s.accept()
names = {c.fileno(): "c", t.fileno(): "t"}
fds = [c.fileno(), t.fileno()]
look("connected", names, fds, fds)
t.send(b"x")
look("data for one", names, fds, [], 10)
c.shutdown(socket.SHUT_WR)
look("half closed", names, [t.fileno()], [], 10)
