"""poll: every event by its bit, on pipes and sockets; numbers beyond 1024."""
import os
import resource
import select
import socket

from harness import at

NAMES = ["IN", "PRI", "OUT", "ERR", "HUP", "NVAL", "RDHUP"]
BITS = {name: getattr(select, f"POLL{name}") for name in NAMES}


def look(label, fd, events, ms=0):
    poller = select.poll()
    poller.register(fd, events)
    found = poller.poll(ms)
    bits = found[0][1] if found else 0
    at(f"{label} {'|'.join(name for name in NAMES if bits & BITS[name]) or 'nothing'}")


r, w = os.pipe()
look("empty pipe", r, select.POLLIN)
look("writer", w, select.POLLOUT)
look("time out", r, select.POLLIN, 20)
os.write(w, b"x")
look("data", r, select.POLLIN)
look("data not asked for", r, 0)
resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
os.dup2(r, 5000)
look("descriptor 5000", 5000, select.POLLIN)
os.close(5000)
os.close(w)
look("writer gone", r, select.POLLIN)
os.read(r, 10)
look("writer gone, read", r, select.POLLIN)
r2, w2 = os.pipe()
os.close(r2)
look("reader gone", w2, select.POLLOUT)
os.close(w2)
look("closed", w2, select.POLLOUT)
server = socket.socket()
look("new socket", server, select.POLLIN | select.POLLOUT)
server.bind(("127.0.0.1", 0))
server.listen()
look("listening", server, select.POLLIN)
client = socket.create_connection(server.getsockname())
look("caller", server, select.POLLIN, 1000)
accepted, _ = server.accept()
look("connected", client, select.POLLIN | select.POLLOUT | select.POLLRDHUP)
accepted.send(b"hi")
look("answered", client, select.POLLIN | select.POLLRDHUP, 1000)
accepted.shutdown(socket.SHUT_WR)
client.recv(10)
look("until it is half closed", client, select.POLLRDHUP, 1000)
look("half closed", client, select.POLLIN | select.POLLOUT | select.POLLRDHUP, 1000)
client.shutdown(socket.SHUT_WR)
accepted.recv(10)
look("until it is closed", client, 0, 1000)
look("closed both ways", client, select.POLLIN | select.POLLOUT | select.POLLRDHUP, 1000)
