"""Socket calls on the real kernel: python3 run_calls.py CASES.json ANSWERS.json

Each case is a text of steps for test/two-arms/calls.py, run by a process of its own in a network namespace of its own, whose loopback is up.
"""
import ctypes
import fcntl
import json
import os
import runpy
import socket
import struct
import sys
import tempfile

CALLS = os.path.join(os.path.dirname(__file__), "../two-arms/calls.py")
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
SIDE_BY_SIDE = 12


def run(case, out):
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket() as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    os.dup2(out, 1)
    sys.argv = ["calls", case]
    runpy.run_path(CALLS)
    sys.stdout.flush()


def start(case):
    out = tempfile.TemporaryFile()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            run(case, out.fileno())
            code = 0
        finally:
            os._exit(code)
    return pid, out


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    answers, running = [None] * len(cases), {}
    waiting = list(enumerate(cases))[::-1]
    while waiting or running:
        while waiting and len(running) < SIDE_BY_SIDE:
            number, case = waiting.pop()
            pid, out = start(case)
            running[pid] = number, out
        pid, status = os.wait()
        number, out = running.pop(pid)
        if status != 0:
            raise SystemExit(f"case {number} ended with {status}: {cases[number]}")
        out.seek(0)
        answers[number] = out.read().decode().splitlines()
        out.close()
    with open(sys.argv[2], "w") as file:
        json.dump(answers, file)


main()
