"""setsockopt and getsockopt of a script: values as C writes them."""
import ctypes
import struct

from .libc import invoke
from .values import address_bytes, given, number

ROOM = 512


def encoded(e, length):
    kind = e["kind"]
    if kind == "string":
        return e["value"].encode()
    if kind == "struct" and is_membership(e):
        return b"".join(number(f["value"]).to_bytes(4, "little") if f["name"] == "imr_ifindex" else address_bytes(f["value"]) for f in e["fields"])
    if kind == "struct":
        values = [number(field["value"]) for field in e["fields"]]
        return struct.pack(layout(e), *values)
    return number(e).to_bytes(length, "little", signed=number(e) < 0)


def is_membership(e):
    """struct ip_mreq has two addresses, struct ip_mreqn an int behind them."""
    return any(field["name"].startswith("imr_") for field in e["fields"])


def layout(e):
    """struct timeval has two longs, struct linger two ints."""
    return "qq" if any(field["name"].startswith("tv_") for field in e["fields"]) else "ii"


def set_option(fd, args):
    level, name, value = number(args[1]), number(args[2]), args[3]
    told = args[4] if len(args) > 4 else None
    data = encoded(value, number(told) if given(told) else 4)
    size = number(told) if given(told) and value["kind"] != "string" else len(data)
    return lambda: invoke("setsockopt", fd, level, name, data, size)


def get_option(fd, args):
    level, name, wanted = number(args[1]), number(args[2]), args[3]
    room, size = ctypes.create_string_buffer(ROOM), ctypes.c_uint(ROOM)

    def check(_value):
        return differs(wanted, room.raw[: size.value])

    return lambda: invoke("getsockopt", fd, level, name, room, ctypes.byref(size)), check


def differs(wanted, seen):
    inner = wanted["items"][0] if wanted["kind"] == "list" and len(wanted["items"]) == 1 else wanted
    if not given(inner):
        return None
    if inner["kind"] == "struct":
        a, b = list(struct.unpack(layout(inner), seen)), [number(field["value"]) for field in inner["fields"]]
    elif inner["kind"] == "string":
        a, b = seen.split(b"\0")[0].decode(), inner["value"]
    else:
        a, b = int.from_bytes(seen, "little", signed=inner["kind"] != "call"), number(inner)
    return None if a == b else (f"[{a}]", f"[{b}]")
