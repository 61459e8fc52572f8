"""Socket options on the real kernel: python3 options.py QUESTION.json ANSWERS.json

QUESTION: {"options": {LEVEL: {NAME: NUMBER}}, "values": [...]}. For a TCP, a UDP and a raw socket, and each option, a line for what it begins with and one for
each value: the errno or ok, and what is read back. In a namespace of its own, as the user that asks.
"""
import ctypes
import errno
import json
import socket
import sys

CLONE_NEWNET = 0x40000000
KINDS = {"TCP": (socket.SOCK_STREAM, 0), "UDP": (socket.SOCK_DGRAM, 0), "raw": (socket.SOCK_RAW, 1)}
LEVELS = {"socket": socket.SOL_SOCKET, "ip": socket.SOL_IP, "tcp": socket.IPPROTO_TCP}


def outcome(call, *args):
    try:
        value = call(*args)
    except OSError as error:
        return "EOPNOTSUPP" if error.errno == errno.EOPNOTSUPP else errno.errorcode[error.errno]
    return "ok" if value is None else str(value)


def main(asked, answered):
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with open(asked) as file:
        question = json.load(file)
    lines = []
    for kind, (type_, protocol) in KINDS.items():
        for level, options in question["options"].items():
            for name, number in options.items():
                with socket.socket(socket.AF_INET, type_, protocol) as one:
                    get = (one.getsockopt, LEVELS[level], number)
                    lines.append(f"{kind} {name} at first: {outcome(*get)}")
                    for value in question["values"]:
                        set_ = outcome(one.setsockopt, LEVELS[level], number, value)
                        lines.append(f"{kind} {name} = {value}: {set_}, then {outcome(*get)}")
    with open(answered, "w") as file:
        json.dump(lines, file)


main(*sys.argv[1:])
