"""Ancillary data: what recvmsg(2) tells beside the data, with msg_flags (a script that gives neither list is not asked), and what sendmsg(2) is given."""
import socket
import struct

from .problem import CannotRun
from .values import EXTRA, given, member, number

HEADER = struct.Struct("=Qii")
#: struct sock_extended_err (linux/errqueue.h)
ERROR = struct.Struct("=IBBBBII")
ERROR_FIELDS = ("ee_errno", "ee_origin", "ee_type", "ee_code", "ee_pad", "ee_info", "ee_data")
IP_RECVERR = (socket.IPPROTO_IP, EXTRA["IP_RECVERR"])
TCP_CM_INQ = (socket.IPPROTO_TCP, EXTRA["TCP_CM_INQ"])
TIMESTAMPING = (socket.SOL_SOCKET, EXTRA["SCM_TIMESTAMPING"])
TIMESTAMP = (socket.SOL_SOCKET, EXTRA["SCM_TIMESTAMP"])
TIMESTAMPNS = (socket.SOL_SOCKET, EXTRA["SCM_TIMESTAMPNS"])
#: With the nanoseconds of the unit that stands behind the seconds.
STAMPS = {TIMESTAMPING: 1, TIMESTAMP: 1000, TIMESTAMPNS: 1}
NUMBERS = (TCP_CM_INQ, (socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IP, socket.IP_TOS))


def control_differs(message, room, flags, clock):
    """`clock`: from the kernel's nanoseconds to microseconds of the script, and how far a stamp may be off."""
    return flags_differ(member(message, "msg_flags"), flags) or list_differs(member(message, "msg_control"), room, *clock)


def control_to_send(control):
    items = control["items"] if given(control) else []
    return b"".join(encoded(item) for item in items)


def encoded(item):
    """An int, padded to a whole word."""
    level, kind, value = (number(member(item, name)) for name in ("cmsg_level", "cmsg_type", "cmsg_data"))
    return HEADER.pack(HEADER.size + 4, level, kind) + struct.pack("=Ixxxx", value)


def flags_differ(wanted, seen):
    if not given(wanted) or number(wanted) == seen:
        return None
    return f"msg_flags {seen:#x}", f"msg_flags {number(wanted):#x}"


def list_differs(wanted, room, script_us, tolerance_us):
    if not given(wanted):
        return None
    seen = [message_of(*one, script_us) for one in messages(room)]
    expected = [expected_of(item) for item in wanted["items"]]
    same = len(seen) == len(expected) and all(is_same(*pair, tolerance_us) for pair in zip(seen, expected))
    return None if same else (f"msg_control {seen}", f"msg_control {expected}")


def is_same(seen, expected, tolerance_us):
    if seen[0] == expected[0] and seen[0] in STAMPS:
        return abs(seen[1] - expected[1]) <= tolerance_us
    return seen == expected


def messages(room):
    while len(room) >= HEADER.size:
        length, level, kind = HEADER.unpack_from(room)
        yield (level, kind), room[HEADER.size : length]
        room = room[(length + 7) & ~7 :]


def message_of(kind, data, script_us):
    if kind in STAMPS:
        seconds, rest = struct.unpack_from("=qq", data)
        return kind, script_us(seconds * 1_000_000_000 + rest * STAMPS[kind])
    if kind == IP_RECVERR:
        fields = dict(zip(ERROR_FIELDS, ERROR.unpack_from(data)))
        del fields["ee_pad"]
        return kind, fields
    return kind, int.from_bytes(data[:4], "little")


def expected_of(item):
    kind = (number(member(item, "cmsg_level")), number(member(item, "cmsg_type")))
    data = member(item, "cmsg_data")
    if kind in STAMPS:
        return kind, number(member(data, "scm_sec")) * 1e6 + number(member(data, "scm_nsec")) / 1e3
    if kind != IP_RECVERR and kind not in NUMBERS:
        raise CannotRun(item["line"], f"ancillary data of the type {kind}")
    return kind, {field["name"]: number(field["value"]) for field in data["fields"]} if kind == IP_RECVERR else number(data)
