"""One script against the kernel of this machine, in real time, in a namespace of its own."""
import ctypes
import os
import select
import socket
import subprocess
import threading
import time

import namespace
import wire

from . import tcp_info
from .calls import Calls
from .flows import Flows
from .inbound import Inbound
from .libc import invoke
from .outbound import Outbound, segment_text, spec_text
from .problem import CannotRun, Failure
from .values import errno_number, given, number, read_sockaddr

LEAD_US = 10_000
ANY_US = 30_000_000
TOLERANCE_SHARE = 0.125
# For the kernel's tick (4 ms at HZ 250) and for the tool's own way through a busy machine, on top of the script's tolerance.
MACHINE_US = 8_000
CLOCK_MONOTONIC_COARSE = 6
CONGESTION = "net.ipv4.tcp_congestion_control"


class ScriptRun:
    def __init__(self, script, variables):
        self.script, self.settings = script, script["settings"]
        self.tun = namespace.enter()
        refused = [name for name, value in variables.items() if not namespace.set_variable(name, value)]
        if CONGESTION in refused:
            raise CannotRun(0, f"the judge cannot set {CONGESTION}")
        self.configure(self.settings["addresses"])
        self.flows = Flows()
        self.inbound = Inbound(self.settings, self.flows)
        self.outbound = Outbound(self.settings, self.flows, self.inbound)
        self.calls = Calls(self.settings, self.inbound, (self.script_us, self.settings["toleranceUs"] + MACHINE_US))
        self.endpoints = []
        #: of the code
        self.variables = {}
        self.returned = []
        self.blocking = {}
        self.wake_read, self.wake_write = os.pipe()
        self.start = self.last_us = 0
        self.line = 0

    def configure(self, addresses):
        namespace.set_variable("net.ipv6.conf.all.disable_ipv6", 1)
        namespace.ip(
            "link set lo up",
            f"addr add {addresses['local']}/{addresses['prefixLength']} dev tun0",
            f"link set tun0 mtu {addresses['mtu']} up",
            f"route add {addresses['remote'].rpartition('.')[0]}.0/24 via {addresses['gateway']} dev tun0",
        )

    def run(self):
        self.start = middle_of_a_tick() + LEAD_US
        for event in self.script["events"]:
            self.line = event["line"]
            self.perform(event["line"], event["time"], event["action"])
        for line, (call, end_us, slack) in list(self.blocking.items()):
            self.wait_until(end_us + slack)
            if line in self.blocking:
                raise Failure(line, f"{call['name']} still blocks", "its return")

    def now_us(self):
        return time.monotonic_ns() / 1000 - self.start

    def script_us(self, stamp_ns):
        """Of a stamp of the kernel's, which tells the time of day."""
        return (stamp_ns - (time.time_ns() - time.monotonic_ns())) / 1000 - self.start

    def tolerance(self, gap_us):
        return max(self.settings["toleranceUs"] + MACHINE_US, TOLERANCE_SHARE * gap_us)

    def perform(self, line, when, action):
        base = self.last_us if when["relative"] else 0
        if action["kind"] == "packet" and not action["inbound"]:
            self.expect(line, when, base, action)
            return
        due = base + when["fromUs"]
        self.wait_until(due)
        self.last_us = due
        if action["kind"] == "packet":
            os.write(self.tun, self.inbound.bytes_of(action, line))
        elif action["kind"] == "call":
            self.call(action, line, base)
        elif action["kind"] == "command":
            self.command(action["text"], line)
        else:
            self.judge_code(action["text"], line)

    # -- packets

    def wait_until(self, due_us):
        """Notes what the kernel sends and which calls return until then."""
        while True:
            left = due_us - self.now_us()
            self.take_in(max(0, left) / 1e6)
            if left <= 0:
                return

    def take_in(self, seconds):
        ready, _, _ = select.select([self.tun, self.wake_read], [], [], seconds)
        if self.wake_read in ready:
            os.read(self.wake_read, 1)
            self.judge_returned()
        if self.tun in ready:
            data = os.read(self.tun, 65_536)
            packet = wire.decode(data, self.now_us())
            if packet is not None:
                self.outbound.capture(packet)

    def expect(self, line, when, base, spec):
        anytime = when["kind"] == "any"
        earliest, latest = base + when["fromUs"], base + when["toUs"]
        slack = self.tolerance(when["fromUs"] if when["relative"] else when["fromUs"] - self.last_us)
        deadline = self.now_us() + ANY_US if anytime else latest + slack
        progress = [spec.get("seq", 0), spec["length"] if spec["protocol"] == "tcp" else 0]
        while True:
            packet = self.next_packet(spec, line, deadline)
            if not anytime and not earliest - slack <= packet.at_us <= deadline:
                raise Failure(line, f"at {packet.at_us / 1e6:.6f} s: {self.text(packet)}", f"{text_of(spec)} at {earliest / 1e6:.6f} s")
            self.outbound.judge(packet, spec, progress, line)
            if progress[1] <= 0:
                break
        self.last_us = max(self.last_us, packet.at_us)

    def next_packet(self, spec, line, deadline):
        while True:
            packet = self.outbound.candidate(spec)
            if packet is not None:
                self.outbound.waiting.remove(packet)
                return packet
            left = deadline - self.now_us()
            if left <= 0:
                others = "".join(f"; of another connection: {self.text(other)}" for other in self.outbound.waiting)
                raise Failure(line, f"no packet up to {deadline / 1e6:.6f} s{others}", text_of(spec))
            self.take_in(left / 1e6)

    def text(self, packet):
        return segment_text(packet.segment, packet.flow) if packet.segment else f"> protocol {packet.protocol}"

    # -- calls

    def call(self, call, line, base):
        plan = self.calls.plan(call, line)
        if "endUs" not in call:
            self.judge_call(call, plan, *plan.run(), line)
            return
        end_us = base + call["endUs"]
        self.blocking[line] = (call, end_us, self.tolerance(end_us - self.last_us))

        def work():
            outcome = plan.run()
            self.returned.append((self.now_us(), line, plan, outcome))
            os.write(self.wake_write, b".")

        threading.Thread(target=work, daemon=True).start()

    def judge_returned(self):
        at, line, plan, outcome = self.returned.pop(0)
        call, end_us, slack = self.blocking.pop(line)
        if abs(at - end_us) > slack:
            raise Failure(line, f"{call['name']} returns at {at / 1e6:.6f} s", f"its return at {end_us / 1e6:.6f} s")
        self.judge_call(call, plan, *outcome, line)

    def judge_call(self, call, plan, value, error, line):
        if given(call["result"]):
            wanted = number(call["result"])
            wanted_error = errno_number(call["errno"], line) if "errno" in call else None
            agrees = error == wanted_error if "errno" in call else plan.opens and wanted >= 0 <= value or value == wanted
            if not agrees:
                seen = f"{value}" if error == 0 else f"-1 {os.strerror(error)}"
                raise Failure(line, f"{call['name']} = {seen}", f"{call['name']} = {wanted} {call.get('errno', '')}".strip())
        if error == 0:
            differs = plan.check(value)
            if differs is not None:
                raise Failure(line, f"{call['name']}: {differs[0]}", f"{call['name']}: {differs[1]}")
            if plan.opens:
                self.opened(number(call["result"]) if given(call["result"]) else value, value)
        self.note_socket(call["name"], plan.notes)

    def opened(self, script, fd):
        self.calls.live[script] = fd
        kind = socket_number(fd, socket.SO_TYPE)
        self.calls.kinds[fd] = kind
        if kind == socket.SOCK_STREAM:
            self.endpoints.append(fd)

    def note_socket(self, name, fd):
        """Where packets without ports go."""
        if fd is None or fd not in self.calls.kinds:
            return
        if self.calls.kinds[fd] == socket.SOCK_STREAM:
            if name == "listen":
                self.inbound.listen_port = ports_of(fd)[0]
            return
        local, remote = ports_of(fd)
        self.inbound.datagram = (local, remote or self.flows.fresh_remote_port())

    # -- commands and code

    def command(self, text, line):
        done = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotRun(line, f"`{text.strip()}`: {done.stderr.strip()}")

    def judge_code(self, text, line):
        wrong = tcp_info.failing(text, self.fields(line), self.variables)
        if wrong is not None:
            raise Failure(line, wrong[1], wrong[0])

    def fields(self, line):
        flow = self.flows.current
        for fd in reversed(self.endpoints):
            if flow is not None and ports_of(fd) != (flow.local_port, flow.remote_port):
                continue
            found = tcp_info.fields(fd)
            if found is not None:
                return found
        raise CannotRun(line, "TCP_INFO of a connection that no descriptor has any more")


def text_of(spec):
    if spec["protocol"] == "tcp":
        return spec_text(spec)
    return f"> udp ({spec['length']})" if spec["protocol"] == "udp" else f"> icmp type {spec['type']} code {spec['code']}"


def socket_number(fd, name):
    value, size = ctypes.c_int(-1), ctypes.c_uint(4)
    invoke("getsockopt", fd, socket.SOL_SOCKET, name, ctypes.byref(value), ctypes.byref(size))
    return value.value


def ports_of(fd):
    """(local, remote) as the kernel tells them; 0 where there is none."""
    ports = []
    for name in ("getsockname", "getpeername"):
        room, size = ctypes.create_string_buffer(16), ctypes.c_uint(16)
        ports.append(read_sockaddr(room.raw)[1] if invoke(name, fd, room, ctypes.byref(size))[1] == 0 else 0)
    return tuple(ports)


def middle_of_a_tick():
    """Microseconds of the monotonic clock: the kernel counts in ticks, and an event on the edge of one falls on either side."""
    tick_us = time.clock_getres(CLOCK_MONOTONIC_COARSE) * 1e6
    edge = time.clock_gettime_ns(CLOCK_MONOTONIC_COARSE)
    while time.clock_gettime_ns(CLOCK_MONOTONIC_COARSE) == edge:
        pass
    return time.monotonic_ns() / 1000 + tick_us / 2


def verdict_of(script, variables):
    run = None
    try:
        run = ScriptRun(script, variables)
        run.run()
        return {"verdict": "pass"}
    except Failure as failure:
        return {"verdict": "fail", "line": failure.line, "seen": failure.seen, "missing": failure.missing}
    except CannotRun as problem:
        return {"verdict": "cannot run", "line": problem.line, "seen": "", "missing": problem.missing}
    except TimeoutError:
        return {"verdict": "fail", "line": run.line, "seen": "the call blocks", "missing": "its return at once"}
