import socket
import time

from harness import at, raised

LOCAL = "127.0.0.1"


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((LOCAL, 0))
    s.settimeout(2)
    return s


a, b, c = udp(), udp(), udp()
to_b = b.getsockname()
for text in (b"one", b"two", b""):
    a.sendto(text, to_b)
for _ in range(3):
    data, sender = b.recvfrom(100)
    at(f"{data!r} from a: {sender == a.getsockname()}")
a.sendto(b"abcdef", to_b)
at(f"peeked {b.recv(100, socket.MSG_PEEK)!r}")
at(f"cut {b.recv(3)!r}")
b.setblocking(False)
try:
    b.recv(100)
except BlockingIOError as error:
    raised(error)
b.settimeout(2)
b.connect(a.getsockname())
c.sendto(b"stranger", to_b)
a.sendto(b"friend", to_b)
at(f"connected, hears {b.recv(100)!r}")
at(f"peer {b.getpeername() == a.getsockname()}")
b.send(b"answer")
at(f"a hears {a.recv(100)!r}")
a.close()
at(f"sent into the void {b.send(b'x')}")
time.sleep(0.02)
b.setblocking(False)
for name, call in (("send", lambda: b.send(b"y")), ("receive", lambda: b.recv(10))):
    try:
        at(f"{name}: {call()}")
    except OSError as error:
        raised(error, name)
try:
    c.getpeername()
except OSError as error:
    raised(error)
d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    d.bind(to_b)
except OSError as error:
    raised(error)
at(f"unbound {d.getsockname()}")
