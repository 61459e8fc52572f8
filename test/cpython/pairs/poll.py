import os
import select
import socket
import time

from harness import at

NAMES = [("IN", select.POLLIN), ("OUT", select.POLLOUT), ("ERR", select.POLLERR), ("HUP", select.POLLHUP),
         ("NVAL", select.POLLNVAL), ("RDHUP", select.POLLRDHUP)]
ALL = select.POLLIN | select.POLLOUT | select.POLLRDHUP


def look(name, fd, events=ALL, timeout=0):
    p = select.poll()
    p.register(fd, events)
    found = p.poll(timeout)
    at(f"{name}: " + " ".join(n for n, bit in NAMES if found and found[0][1] & bit))


r, w = os.pipe()
look("empty pipe, reading end", r)
look("empty pipe, writing end", w)
os.write(w, b"x")
look("pipe with data", r)
os.close(w)
look("its writer is gone", r)
os.read(r, 1)
look("and it is empty", r)
look("asked for nothing", r, 0)
os.close(r)
look("closed", r)
r, w = os.pipe()
os.set_blocking(w, False)
os.write(w, b"x" * 65536)
look("full pipe", w)
os.close(r)
look("its reader is gone", w)
os.close(w)

a, b = socket.socketpair()
look("socket", a.fileno())
b.send(b"x")
look("socket with data", a.fileno())
b.shutdown(socket.SHUT_WR)
look("its peer is half closed", a.fileno())
a.recv(10)
look("and nothing is left", a.fileno())
b.close()
look("its peer is gone", a.fileno())
new = socket.socket()
look("new TCP socket", new.fileno())
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
look("listening", s.fileno())
c = socket.create_connection(s.getsockname())
look("somebody knocks", s.fileno())
t, _ = s.accept()
look("connected", c.fileno())
t.close()
time.sleep(0.02)
look("the peer has closed", c.fileno())
at("short from")
look("time-out", s.fileno(), select.POLLIN, 150)
at("short to")
look("longer time-out", s.fileno(), select.POLLIN, 300)
at("long to")
