import errno
import os
import select
import socket
import time

from harness import at


def name(number):
    return errno.errorcode[number] if number else "0"


def nonblocking():
    s = socket.socket()
    s.setblocking(False)
    return s


def writable(s):
    p = select.poll()
    p.register(s, select.POLLOUT)
    return bool(p.poll(1000))


server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
address = server.getsockname()
s = nonblocking()
at(f"connect {name(s.connect_ex(address))}")
at(f"writable {writable(s)}")
at(f"SO_ERROR {name(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))}")
at(f"again {name(s.connect_ex(address))}")
peer, sender = server.accept()
at(f"accepted {sender == s.getsockname()} {peer.getpeername() == s.getsockname()}")
at(f"accepted blocks {peer.getblocking()}")

s.send(b"request")
s.shutdown(socket.SHUT_WR)
at(f"peer reads {peer.recv(100)!r} then {peer.recv(100)!r}")
peer.send(b"answer")
time.sleep(0.02)
at(f"half closed, reads {s.recv(100)!r}")
peer.close()
time.sleep(0.02)
at(f"then {s.recv(100)!r}")

free = socket.socket()
free.bind(("127.0.0.1", 0))
nobody = free.getsockname()
free.close()
r = nonblocking()
at(f"connect to nobody {name(r.connect_ex(nobody))}")
at(f"writable {writable(r)}")
at(f"SO_ERROR {name(r.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))}")
at(f"read once {name(r.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))}")

one = socket.create_connection(address)
two, _ = server.accept()
two.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
two.close()
time.sleep(0.02)
try:
    one.recv(1)
except OSError as error:
    at(f"linger 0 makes {name(error.errno)}")
at(f"types {one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)} {server.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}")
