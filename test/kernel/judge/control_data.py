"""What recvmsg(2) tells beside the data: msg_flags and ancillary data. A script that gives neither list is not asked."""
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


def control_differs(message, room, flags):
    return flags_differ(member(message, "msg_flags"), flags) or list_differs(member(message, "msg_control"), room)


def flags_differ(wanted, seen):
    if not given(wanted) or number(wanted) == seen:
        return None
    return f"msg_flags {seen:#x}", f"msg_flags {number(wanted):#x}"


def list_differs(wanted, room):
    if not given(wanted):
        return None
    seen, expected = [message_of(*one) for one in messages(room)], [expected_of(item) for item in wanted["items"]]
    return None if seen == expected else (f"msg_control {seen}", f"msg_control {expected}")


def messages(room):
    while len(room) >= HEADER.size:
        length, level, kind = HEADER.unpack_from(room)
        yield (level, kind), room[HEADER.size : length]
        room = room[(length + 7) & ~7 :]


def message_of(kind, data):
    if kind == IP_RECVERR:
        fields = dict(zip(ERROR_FIELDS, ERROR.unpack_from(data)))
        del fields["ee_pad"]
        return kind, fields
    return kind, int.from_bytes(data[:4], "little")


def expected_of(item):
    kind = (number(member(item, "cmsg_level")), number(member(item, "cmsg_type")))
    data = member(item, "cmsg_data")
    if kind not in (IP_RECVERR, TCP_CM_INQ):
        raise CannotRun(item["line"], f"ancillary data of the type {kind}")
    return kind, {field["name"]: number(field["value"]) for field in data["fields"]} if kind == IP_RECVERR else number(data)
