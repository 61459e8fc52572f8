#!/usr/bin/env python3
"""calls 'STEP; STEP; ...': makes system calls one after the other and prints what each answers, on the real kernel.

The counterpart of calls.ts, which does the same on a simulated host and explains the steps.
"""
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time

signal.signal(signal.SIGPIPE, signal.SIG_DFL)
sockets = {}
LEVELS = {"socket": socket.SOL_SOCKET, "tcp": socket.IPPROTO_TCP, "ip": socket.IPPROTO_IP}
HOW = {"read": socket.SHUT_RD, "write": socket.SHUT_WR, "both": socket.SHUT_RDWR}
EVENTS = [("IN", 1), ("PRI", 2), ("OUT", 4), ("ERR", 8), ("HUP", 16), ("RDHUP", 0x2000)]


def data_of(text):
    return b"x" * int(text[5:]) if text.startswith("size:") else text.encode()


def shown(data):
    return "end" if data == b"" else f"{len(data)} bytes" if len(data) > 40 else data.decode()


def code_of(number):
    # Two names for one number: Python knows the other.
    return "EOPNOTSUPP" if number == errno.EOPNOTSUPP else errno.errorcode[number]


def option(name):
    # Python has no name for these.
    return {"IP_RECVERR": 11, "IP_MTU": 14, "SO_NO_CHECK": 11}.get(name) or getattr(socket, name)


def wait(s, names, ms):
    wanted = sum(bit for name, bit in EVENTS if name in names.split(","))
    poller = select.poll()
    poller.register(s, wanted)
    found = poller.poll(int(ms))
    bits = found[0][1] if found else 0
    return ",".join(name for name, bit in EVENTS if bits & bit) or "nothing"


def step(call, name, *args):
    if call == "socket":
        kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
        sockets[name] = socket.socket(socket.AF_INET, kinds[args[0]])
        return "ok"
    if call == "sleep":
        time.sleep(int(name) / 1000)
        return None
    if call == "setuid":
        os.setuid(int(name))
        return "ok"
    done = process_step(call, name, *args)
    if done is not None:
        return done
    if name not in sockets:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    s = sockets[name]
    if call == "accept":
        sockets[args[0]], peer = s.accept()
        return peer[0]
    if call == "send":
        data = data_of(args[0])
        sent = s.send(data, socket.MSG_NOSIGNAL if "nosignal" in args else 0)
        return sent if sent == len(data) else "part"
    if call == "recv":
        flags = {"peek": socket.MSG_PEEK, "waitall": socket.MSG_WAITALL}
        # recv(0) would answer without asking the kernel.
        return shown(s.recvmsg(int(args[0]), 0, flags[args[1]] if len(args) > 1 else 0)[0])
    if call == "recvfrom":
        data, peer = s.recvfrom(int(args[0]))
        return f"{shown(data)} from {peer[0]}"
    if call == "sendto":
        return s.sendto(data_of(args[2]), (args[0], int(args[1])))
    if call == "reply":
        data, peer = s.recvfrom(65536)
        return s.sendto(data, peer)
    if call == "getpeername":
        return s.getpeername()[0]
    if call == "getsockname":
        return s.getsockname()[0]
    if call == "getsockopt":
        value = s.getsockopt(LEVELS[args[0]], option(args[1]))
        return code_of(value) if args[1] == "SO_ERROR" and value else value
    if call == "poll":
        return wait(s, args[0], args[1])
    if call == "close":
        sockets.pop(name).close()
        return "ok"
    return action(s, call, *args)


class Descriptor:
    """A pipe's end, where the steps expect something with a number."""

    def __init__(self, fd):
        self.fd = fd

    def fileno(self):
        return self.fd

    def setblocking(self, on):
        os.set_blocking(self.fd, on)

    def close(self):
        os.close(self.fd)


def interrupted(number, frame):
    # Python would go on with the call (PEP 475); this is what the kernel answers.
    raise InterruptedError(errno.EINTR, "interrupted")


def signals(text):
    return {getattr(signal, name) for name in text.split(",")}


def waited(text, ms):
    info = signal.sigtimedwait(signals(text), int(ms) / 1000)
    return "EAGAIN" if info is None else signal.Signals(info.si_signo).name


def events_of(bits):
    return ",".join(name for name, bit in EVENTS if bits & bit) or "nothing"


def chosen(text):
    return [sockets[name] for name in text.split(",") if name != "-"]


def selected(read, write, ms):
    ready = select.select(chosen(read), chosen(write), [], int(ms) / 1000)
    names = {id(s): name for name, s in sockets.items()}
    return " ".join(",".join(names[id(s)] for s in found) or "-" for found in ready[:2])


def process_step(call, name, *args):
    """Steps on descriptors and signals; None where the step is another."""
    if call == "pipe":
        sockets[name], sockets[args[0]] = (Descriptor(fd) for fd in os.pipe())
        return "ok"
    if call == "epoll":
        sockets[name] = select.epoll()
        return "ok"
    if call == "epoll_ctl":
        poller = sockets[name]
        target = sockets[args[1]].fileno()
        bits = sum(getattr(select, "EPOLL" + word) for word in args[2].split(",")) if len(args) > 2 else 0
        {"add": lambda: poller.register(target, bits), "mod": lambda: poller.modify(target, bits), "del": lambda: poller.unregister(target)}[args[0]]()
        return "ok"
    if call == "epoll_wait":
        poller = sockets[name]
        names = {s.fileno(): known for known, s in sockets.items()}
        found = poller.poll(int(args[0]) / 1000)
        return " ".join(sorted(f"{names[fd]}:{events_of(bits)}" for fd, bits in found)) or "nothing"
    if call == "select":
        return selected(name, *args)
    if call == "read":
        return shown(os.read(sockets[name].fileno(), int(args[0])))
    if call == "write":
        data = data_of(args[0])
        sent = os.write(sockets[name].fileno(), data)
        return sent if sent == len(data) else f"{sent} of {len(data)}"
    return signal_step(call, name, *args)


def signal_step(call, name, *args):
    if call == "async":
        fcntl.fcntl(sockets[name], fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sockets[name], fcntl.F_SETFL, fcntl.fcntl(sockets[name], fcntl.F_GETFL) | os.O_ASYNC)
        return "ok"
    if call == "handle":
        signal.signal(getattr(signal, name), interrupted)
        return "ok"
    if call == "block":
        signal.pthread_sigmask(signal.SIG_BLOCK, signals(name))
        return "ok"
    if call == "alarm":
        signal.setitimer(signal.ITIMER_REAL, int(name) / 1000)
        return "ok"
    if call == "sigwait":
        return waited(name, args[0])
    return None


def action(s, call, *args):
    if call == "bind":
        s.bind((args[0], int(args[1])))
    elif call == "listen":
        s.listen(int(args[0]))
    elif call == "connect":
        s.connect((args[0], int(args[1])))
    elif call == "shutdown":
        s.shutdown(HOW[args[0]])
    elif call == "nonblock":
        s.setblocking(False)
    elif call == "linger":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, int(args[0])))
    elif call == "setsockopt":
        s.setsockopt(LEVELS[args[0]], option(args[1]), int(args[2]))
    else:
        raise SystemExit(f"calls: there is no call {call}")
    return "ok"


for text in sys.argv[1].split(";"):
    words = text.split()
    try:
        answer = step(*words)
    except OSError as error:
        answer = code_of(error.errno)
    if answer is not None:
        print(f"{' '.join(words[:2])}: {answer}", flush=True)
