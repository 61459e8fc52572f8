"""Calls of the C library with errno, as a program in C would make them."""
import ctypes

LIBRARY = ctypes.CDLL(None, use_errno=True)
LIBRARY.read.restype = LIBRARY.write.restype = ctypes.c_ssize_t
for name in ("recv", "recvfrom", "recvmsg", "send", "sendto", "sendmsg", "readv", "writev", "splice", "sendfile"):
    getattr(LIBRARY, name).restype = ctypes.c_ssize_t


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("vectors", ctypes.POINTER(Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class PollRequest(ctypes.Structure):
    _fields_ = [("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short)]


class EpollEvent(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("events", ctypes.c_uint32), ("data", ctypes.c_uint64)]


def invoke(name, *arguments):
    """(value, errno)."""
    ctypes.set_errno(0)
    value = getattr(LIBRARY, name)(*arguments)
    return value, ctypes.get_errno() if value == -1 else 0


def length_of(value):
    return ctypes.byref(ctypes.c_uint(value))
