"""Signal-driven I/O: O_ASYNC, F_SETOWN, F_SETSIG; the signal says that there is data, recv fetches it."""
import fcntl
import os
import signal
import socket

from harness import at, raised

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
client = socket.create_connection(server.getsockname())
accepted, _ = server.accept()
fd = client.fileno()
flags = fcntl.fcntl(fd, fcntl.F_GETFL)
at(f"flags {flags} owner {fcntl.fcntl(fd, fcntl.F_GETOWN)}")
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO, signal.SIGRTMIN})
fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
accepted.send(b"one")
at(f"without an owner {signal.sigtimedwait({signal.SIGIO}, 0.1)}")
at(f"recv {client.recv(100)}")
fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
at(f"owner is me {fcntl.fcntl(fd, fcntl.F_GETOWN) == os.getpid()}")
try:
    client.recv(100)
except OSError as error:
    raised(error)
accepted.send(b"two")
info = signal.sigtimedwait({signal.SIGIO}, 1)
at(f"signal {info.si_signo} code {info.si_code}")
at(f"recv {client.recv(100)}")
fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGRTMIN)
accepted.send(b"three")
info = signal.sigtimedwait({signal.SIGRTMIN}, 1)
at(f"signal {info.si_signo} code {info.si_code} band {info.si_band & 1}")
at(f"recv {client.recv(100)}")
fcntl.fcntl(fd, fcntl.F_SETFL, flags)
accepted.send(b"four")
at(f"switched off {signal.sigtimedwait({signal.SIGRTMIN, signal.SIGIO}, 0.1)}")
at(f"flags {fcntl.fcntl(fd, fcntl.F_GETFL)}")
try:
    fcntl.fcntl(fd, fcntl.F_SETOWN, 4194303)
except OSError as error:
    raised(error)
