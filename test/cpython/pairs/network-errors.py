import os
import socket
import time

from harness import at, raised

LOCAL = "127.0.0.1"


def provoke(name, call, *arguments):
    try:
        call(*arguments)
        at(f"{name}: no error")
    except OSError as error:
        raised(error, name)


def listener():
    s = socket.socket()
    s.bind((LOCAL, 0))
    s.listen(1)
    return s, s.getsockname()


def connected():
    s, address = listener()
    one = socket.create_connection(address)
    two, _ = s.accept()
    s.close()
    return one, two


free = socket.socket()
free.bind((LOCAL, 0))
address = free.getsockname()
free.close()
provoke("refused", socket.socket().connect, address)

server, address = listener()
provoke("in use", socket.socket().bind, address)
provoke("not ours", socket.socket().bind, ("192.0.2.1", 0))
provoke("accept of nobody", (server.setblocking(False), server.accept)[1])
provoke("unconnected", socket.socket().send, b"x")
provoke("unconnected read", socket.socket().recv, 1)
provoke("accept without listen", socket.socket().accept)

one, two = connected()
provoke("connect twice", one.connect, address)
two.close()
one.recv(1)
one.send(b"first")
time.sleep(0.05)
provoke("broken pipe", one.send, b"second")

one, two = connected()
one.send(b"unread")
time.sleep(0.05)
two.close()
time.sleep(0.05)
provoke("reset", one.recv, 1)

one, two = connected()
one.shutdown(socket.SHUT_WR)
provoke("after shutdown", one.send, b"x")
one.setblocking(False)
provoke("would block", one.recv, 1)
one.close()
provoke("closed descriptor", os.read, 99, 1)

pending = socket.socket()
pending.setblocking(False)
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
provoke("too long", datagrams.sendto, b"x" * 65508, (LOCAL, 9))
provoke("no destination", datagrams.send, b"x")
provoke("broadcast", datagrams.sendto, b"x", ("127.255.255.255", 9))

os.mkdir("folder")
provoke("no file", os.open, "nowhere", os.O_RDONLY)
provoke("exists", os.mkdir, "folder")
provoke("directory", os.open, "folder", os.O_WRONLY)
provoke("not a directory", os.open, "/etc/passwd/x", os.O_RDONLY)
provoke("no child", os.waitpid, -1, 0)
provoke("no process", os.kill, 4194303, 0)
