"""System calls of a script as calls of the C library: what to call, and what its output must be."""
import ctypes
import mmap
import socket
import struct
from dataclasses import dataclass
from typing import Callable

from .control_data import control_differs, control_to_send
from .libc import EpollEvent, Message, PollRequest, Vector, invoke
from .options import get_option, set_option
from .problem import CannotRun
from .values import address_of, given, member, number, read_sockaddr, sockaddr

UNKNOWN_FD = 1_000_000
CONTROL_ROOM = 512
PAGE = mmap.PAGESIZE


@dataclass
class Plan:
    run: Callable[[], tuple]
    #: (seen, wanted) where the output differs; asked only where the call succeeds, with its value
    check: Callable[[int], tuple | None] = lambda _value: None
    opens: bool = False
    #: the live descriptor, for bind, listen and connect
    notes: int | None = None


class Calls:
    def __init__(self, settings, inbound, clock):
        self.settings, self.inbound, self.clock = settings, inbound, clock
        self.live = {}
        self.kinds = {}

    def fd(self, e):
        script = number(e)
        return self.live.get(script, script if script < 0 else script + UNKNOWN_FD)

    def plan(self, call, line):
        maker = getattr(self, "call_" + call["name"], None)
        if maker is None:
            raise CannotRun(line, f"the system call {call['name']}")
        return maker(call["args"])

    # -- sockets

    def call_socket(self, args):
        family = number(args[0]) if given(args[0]) else socket.AF_INET
        kind, protocol = number(args[1]), number(args[2])
        return Plan(lambda: invoke("socket", family, kind, protocol), opens=True)

    def call_bind(self, args):
        target = address_of(args[1]) if given(args[1]) else ("0.0.0.0", self.settings["bindPort"])
        return self.with_address("bind", args, target)

    def call_connect(self, args):
        return self.with_address("connect", args, address_of(args[1]) if given(args[1]) else self.peer_of(self.fd(args[0])))

    def peer_of(self, fd):
        known = self.inbound.datagram if self.kinds.get(fd) == socket.SOCK_DGRAM else None
        return self.settings["addresses"]["remote"], known[1] if known else self.settings["connectPort"]

    def with_address(self, name, args, target):
        fd, data = self.fd(args[0]), sockaddr(*target)
        return Plan(lambda: invoke(name, fd, data, len(data)), notes=fd)

    def call_listen(self, args):
        fd, backlog = self.fd(args[0]), number(args[1])
        return Plan(lambda: invoke("listen", fd, backlog), notes=fd)

    def call_accept(self, args):
        return self.addressed("accept4", args, number(args[3]) if len(args) > 3 else 0)

    call_accept4 = call_accept

    def call_getsockname(self, args):
        return self.addressed("getsockname", args)

    def call_getpeername(self, args):
        return self.addressed("getpeername", args)

    def addressed(self, name, args, *more):
        fd, room, length = self.fd(args[0]), ctypes.create_string_buffer(16), ctypes.c_uint(16)
        return Plan(
            lambda: invoke(name, fd, room, ctypes.byref(length), *more),
            lambda _value: address_differs(args[1] if len(args) > 1 else None, room.raw, length.value),
            opens=name == "accept4",
        )

    def call_close(self, args):
        fd = self.fd(args[0])
        return Plan(lambda: invoke("close", fd))

    def call_shutdown(self, args):
        fd, how = self.fd(args[0]), number(args[1])
        return Plan(lambda: invoke("shutdown", fd, how))

    def call_fcntl(self, args):
        fd, command = self.fd(args[0]), number(args[1])
        value = number(args[2]) if len(args) > 2 else 0
        return Plan(lambda: invoke("fcntl", fd, command, value))

    def call_ioctl(self, args):
        fd, request, wanted = self.fd(args[0]), number(args[1]), args[2]
        # FIONBIO reads the int, the others write it.
        seen = ctypes.c_int(number(wanted) if args[1].get("value") == "FIONBIO" else 0)

        def check(_value):
            return (f"[{seen.value}]", f"[{number(wanted)}]") if given(wanted) and seen.value != number(wanted) else None

        return Plan(lambda: invoke("ioctl", fd, request, ctypes.byref(seen)), check)

    # -- data out

    def call_write(self, args):
        fd, data = self.fd(args[0]), content(args[1], number(args[2]))
        return Plan(lambda: invoke("write", fd, data, len(data)))

    def call_send(self, args):
        fd, data, flags = self.fd(args[0]), content(args[1], number(args[2])), flags_of(args, 3)
        return Plan(lambda: invoke("send", fd, data, len(data), flags))

    def call_sendto(self, args):
        fd, data, flags = self.fd(args[0]), content(args[1], number(args[2])), flags_of(args, 3)
        to = args[4] if len(args) > 4 else None
        if to is not None and (to["kind"] == "number" or to.get("value") == "NULL"):
            return Plan(lambda: invoke("send", fd, data, len(data), flags))
        target = sockaddr(*(address_of(to) if given(to) else self.peer_of(fd)))
        return Plan(lambda: invoke("sendto", fd, data, len(data), flags, target, len(target)))

    def call_writev(self, args):
        fd, pieces = self.fd(args[0]), vectors(args[1])
        return Plan(lambda: invoke("writev", fd, pieces, len(pieces)))

    def call_sendmsg(self, args):
        fd, message, keep = self.fd(args[0]), *message_of(args[1], True)
        control = control_to_send(member(args[1], "msg_control"))
        room = ctypes.create_string_buffer(control, len(control))
        if control:
            message.control, message.control_length = ctypes.addressof(room), len(control)
        keep, flags = (keep, room), flags_of(args, 2)
        return Plan(lambda: (keep, invoke("sendmsg", fd, ctypes.byref(message), flags))[1])

    # -- bytes from descriptor to descriptor

    def call_open(self, args):
        path, flags, mode = args[0]["value"].encode(), number(args[1]), number(args[2]) if len(args) > 2 else 0
        return Plan(lambda: invoke("open", path, flags, mode), opens=True)

    def call_pipe(self, args):
        ends = (ctypes.c_int * 2)()

        def keep(_value):
            for item, end in zip(args[0]["items"], ends):
                self.live[number(item)] = end

        return Plan(lambda: invoke("pipe", ends), keep)

    def call_splice(self, args):
        source, target, length, flags = self.fd(args[0]), self.fd(args[2]), number(args[4]), number(args[5])
        offsets = [offset_of(args[1]), offset_of(args[3])]
        return Plan(lambda: invoke("splice", source, offsets[0], target, offsets[1], ctypes.c_size_t(length), flags))

    def call_sendfile(self, args):
        target, source, offset, count = self.fd(args[0]), self.fd(args[1]), offset_of(args[2]), number(args[3])
        return Plan(lambda: invoke("sendfile", target, source, offset, ctypes.c_size_t(count)))

    # -- data in

    def call_read(self, args):
        fd, room = self.fd(args[0]), ctypes.create_string_buffer(max(1, number(args[2])))
        length = number(args[2])
        return Plan(lambda: invoke("read", fd, room, length), lambda value: data_differs(args[1], room.raw[:value]))

    def call_recv(self, args):
        fd, length, flags = self.fd(args[0]), number(args[2]), flags_of(args, 3)
        room, address, size = ctypes.create_string_buffer(max(1, length)), ctypes.create_string_buffer(16), ctypes.c_uint(16)
        source = args[4] if len(args) > 4 else None
        return Plan(
            lambda: invoke("recvfrom", fd, room, length, flags, address, ctypes.byref(size)),
            lambda value: data_differs(args[1], room.raw[: min(value, length)]) or address_differs(source, address.raw, size.value),
        )

    call_recvfrom = call_recv

    def call_readv(self, args):
        fd, pieces = self.fd(args[0]), vectors(args[1])
        return Plan(lambda: invoke("readv", fd, pieces, len(pieces)))

    def call_recvmsg(self, args):
        fd, message, keep = self.fd(args[0]), *message_of(args[1], False)
        flags = flags_of(args, 2)
        name = member(args[1], "msg_name")
        room = ctypes.create_string_buffer(CONTROL_ROOM)
        message.control, message.control_length = ctypes.addressof(room), CONTROL_ROOM
        return Plan(
            lambda: invoke("recvmsg", fd, ctypes.byref(message), flags),
            lambda _value: address_differs(name, keep[0].raw, message.name_length)
            or control_differs(args[1], room.raw[: message.control_length], message.flags, self.clock),
        )

    # -- options and readiness

    def call_setsockopt(self, args):
        return Plan(set_option(self.fd(args[0]), args))

    def call_getsockopt(self, args):
        return Plan(*get_option(self.fd(args[0]), args))

    def call_poll(self, args):
        items = args[0]["items"]
        requests = (PollRequest * len(items))(*(PollRequest(self.fd(member(i, "fd")), number(member(i, "events"))) for i in items))
        wanted = [number(member(i, "revents")) if member(i, "revents") else 0 for i in items]
        count, timeout = number(args[1]), number(args[2])

        def check(_value):
            seen = [request.revents for request in requests]
            return None if seen == wanted else (f"events {seen}", f"events {wanted}")

        return Plan(lambda: invoke("poll", requests, count, timeout), check)

    def call_epoll_create(self, _args):
        return Plan(lambda: invoke("epoll_create1", 0), opens=True)

    call_epoll_create1 = call_epoll_create

    def call_epoll_ctl(self, args):
        fd, operation, target = self.fd(args[0]), number(args[1]), self.fd(args[2])
        events = number(member(args[3], "events")) if args[3]["kind"] == "struct" else 0
        event = EpollEvent(events, user_data(args[3]) if args[3]["kind"] == "struct" else 0)
        return Plan(lambda: invoke("epoll_ctl", fd, operation, target, ctypes.byref(event)))

    def call_epoll_wait(self, args):
        fd, most, timeout = self.fd(args[0]), number(args[2]), number(args[3])
        room = (EpollEvent * max(1, most))()
        items = args[1]["items"] if args[1]["kind"] == "list" else [args[1]]

        def check(value):
            if not given(args[1]):
                return None
            seen = [(event.data, event.events) for event in room[:value]]
            wanted = [(user_data(i), number(member(i, "events"))) for i in items[:value]]
            return None if seen == wanted else (f"events {seen}", f"events {wanted}")

        return Plan(lambda: invoke("epoll_wait", fd, room, most, timeout), check)


def offset_of(e):
    """NULL, or where a value lies."""
    return None if number(e) == 0 and e["kind"] != "list" else ctypes.byref(ctypes.c_longlong(number(e)))


def user_data(e):
    """Of an epoll_event: one union, whatever member the script names."""
    return next(number(field) for field in (member(e, name) for name in ("fd", "ptr", "u32", "u64")) if field is not None)


def flags_of(args, i):
    return number(args[i]) if len(args) > i and given(args[i]) else 0


def room_of(length):
    """Memory that begins in the middle of a page, where our host takes a program's bytes to begin: a zero-copy call is charged by the page."""
    return (ctypes.c_char * length).from_buffer(mmap.mmap(-1, PAGE // 2 + length), PAGE // 2)


def content(e, length):
    """Bytes to send: a text, or zeros."""
    text = e["value"].encode()[:length] if e["kind"] == "string" else b""
    room = room_of(length)
    ctypes.memmove(room, text, len(text))
    return room


def data_differs(wanted, seen):
    if wanted["kind"] != "string":
        return None
    expected = wanted["value"].encode()[: len(seen)]
    return None if seen == expected else (f"bytes {list(seen)}", f"bytes {list(expected)}")


def address_differs(wanted, room, length):
    if not given(wanted) or wanted["kind"] != "struct":
        return None
    seen = "%s:%d" % read_sockaddr(room) if length >= 16 else "no address"
    expected = "%s:%d" % address_of(wanted)
    return None if seen == expected else (seen, expected)


def vectors(e):
    lengths = [number(member(item, "iov_len") or item["fields"][1]["value"]) for item in e["items"]]
    pieces = (Vector * len(lengths))()
    pieces.rooms = [room_of(length) for length in lengths]
    for piece, room, length in zip(pieces, pieces.rooms, lengths):
        piece.base, piece.length = ctypes.addressof(room), length
    return pieces


def message_of(e, out):
    """A msghdr, and what must outlive the call: the name's room and the vectors."""
    pieces, name = vectors(member(e, "msg_iov")), member(e, "msg_name")
    address = ctypes.create_string_buffer(16)
    message = Message(vectors=pieces, vector_count=len(pieces))
    if not out or (given(name) and name["kind"] == "struct"):
        if out:
            address.raw = sockaddr(*address_of(name))
        message.name, message.name_length = ctypes.addressof(address), 16
    return message, (address, pieces)
