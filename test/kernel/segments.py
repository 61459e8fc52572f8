"""The TCP of a real kernel behind a TUN device: plays the peer by hand, notes every segment and every call's result.

    python3 segments.py CASES.json ANSWERS.json

CASES is a list of lists of steps, ANSWERS the same with what happened, in order. All steps of a case are SETTLE_MS apart, so that
delayed acknowledgements have gone out in between; many cases run side by side, each with ports of its own.
"""
import heapq
import json
import os
import select
import socket
import struct
import sys
import time

import namespace
from judge import tcp_info
from wire import FLAGS, checksum

HOST, PEER = "10.0.0.1", "10.0.0.2"
PEER_ISS = 0xFFFFFF00
SETTLE_MS = 60
SIDE_BY_SIDE = 100
VARIABLES = {
    "net.ipv6.conf.all.disable_ipv6": 1,
    "net.ipv4.tcp_congestion_control": "reno",
    "net.ipv4.tcp_rmem": "4096 131072 6291456",
}


def open_tun():
    tun = namespace.enter()
    namespace.ip("link set lo up", f"addr add {HOST}/24 dev tun0", "link set tun0 mtu 1500 up")
    for name, value in VARIABLES.items():
        namespace.set_variable(name, value)
    return tun


def encode_options(step, iss):
    out = b""
    if "mss" in step:
        out += struct.pack("!BBH", 2, 4, step["mss"])
    if step.get("sackPermitted"):
        out += b"\x04\x02\x01\x01"
    if "windowScale" in step:
        out += b"\x01\x03\x03" + bytes([step["windowScale"]])
    if "ts" in step:
        out += b"\x01\x01\x08\x0a" + struct.pack("!II", *step["ts"])
    if "sack" in step:
        out += b"\x01\x01\x05" + bytes([2 + 8 * len(step["sack"])])
        out += b"".join(struct.pack("!II", *((iss + edge) % 2**32 for edge in block)) for block in step["sack"])
    return out


def decode_options(data):
    seen, at = {}, 0
    while at < len(data) and data[at] != 0:
        if data[at] == 1:
            at += 1
            continue
        kind, length = data[at], data[at + 1]
        value = data[at + 2 : at + length]
        if kind == 2:
            seen["mss"] = struct.unpack("!H", value)[0]
        elif kind == 3:
            seen["windowScale"] = value[0]
        elif kind == 4:
            seen["sackPermitted"] = True
        elif kind == 5:
            edges = [(edge - PEER_ISS) % 2**32 for edge in struct.unpack(f"!{len(value) // 4}I", value)]
            seen["sack"] = [list(pair) for pair in zip(edges[::2], edges[1::2])]
        elif kind == 8:
            seen["ts"] = True
        at += length
    return seen


class Case:
    def __init__(self, tun, index, steps):
        self.tun, self.steps = tun, steps
        self.at = 0
        self.answers = []
        self.peer_port, self.host_port = 2000 + index, 12000 + index
        self.iss = None
        self.listener = self.connection = None

    def step(self):
        """Does the next step; False when there was none."""
        if self.at == len(self.steps):
            return False
        step = self.steps[self.at]
        self.at += 1
        if step["op"] == "packet":
            self.answers.append(["packet"])
            self.send(step)
            return True
        try:
            self.answers.append([step["op"], self.call(step)])
        except OSError as error:
            self.answers.append([step["op"], -error.errno])
        return True

    def call(self, step):
        op = step["op"]
        if op == "listen":
            self.listener = socket.socket()
            self.listener.bind((HOST, self.host_port))
            self.listener.listen(10)
            self.listener.setblocking(False)
        elif op == "connect":
            self.connection = socket.socket()
            self.connection.setblocking(False)
            self.connection.bind((HOST, self.host_port))
            return -self.connection.connect_ex((PEER, self.peer_port))
        elif op == "accept":
            self.connection, _ = self.listener.accept()
            self.connection.setblocking(False)
        elif op == "send":
            return self.connection.send(bytes(step["length"]), socket.MSG_NOSIGNAL)
        elif op == "receive":
            return len(self.connection.recv(1 << 20))
        elif op == "shutdown":
            self.connection.shutdown(socket.SHUT_WR)
        elif op == "close":
            self.connection.close()
        elif op == "info":
            return {name.removeprefix("tcpi_"): value for name, value in tcp_info.fields(self.connection.fileno()).items()}
        elif op == "error":
            return -self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return 0

    def send(self, step):
        options = encode_options(step, self.iss or 0)
        flags = sum(bit for letter, bit in FLAGS if letter in step["flags"])
        ack = ((self.iss or 0) + step["ack"]) % 2**32 if "ack" in step else 0
        seq = (PEER_ISS + step["seq"]) % 2**32
        offset = (20 + len(options)) // 4 << 4
        segment = struct.pack("!HHIIBBHHH", self.peer_port, self.host_port, seq, ack, offset, flags, step["window"], 0, 0)
        segment += options + bytes(step["length"])
        addresses = socket.inet_aton(PEER) + socket.inet_aton(HOST)
        total = checksum(addresses + struct.pack("!BBH", 0, 6, len(segment)) + segment)
        segment = segment[:16] + struct.pack("!H", total) + segment[18:]
        header = struct.pack("!BBHHHBBH", 0x45, step.get("tos", 0), 20 + len(segment), 1, 0, 64, 6, 0) + addresses
        os.write(self.tun, header[:10] + struct.pack("!H", checksum(header)) + header[12:] + segment)

    def received(self, packet):
        start = (packet[0] & 15) * 4
        _, _, seq, ack, offset, flags, window = struct.unpack("!HHIIBBH", packet[start : start + 16])
        data = start + (offset >> 4) * 4
        length = struct.unpack("!H", packet[2:4])[0] - data
        if flags & 2:
            self.iss = seq
        names = "".join(letter for letter, bit in FLAGS if flags & bit)
        options = decode_options(packet[start + 20 : data])
        relative = (seq - (self.iss or 0)) % 2**32 if seq else 0
        acknowledged = (ack - PEER_ISS) % 2**32 if flags & 16 else 0
        self.answers.append([">", names, relative, acknowledged, length, window, options])

    def end(self):
        for held in (self.connection, self.listener):
            if held is None:
                continue
            try:
                held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass  # closed by a step
            held.close()


def run(tun, cases):
    by_port = {case.peer_port: case for case in cases}
    waiting = list(reversed(cases))
    due = []

    def start():
        if waiting:
            heapq.heappush(due, (time.monotonic(), id(waiting[-1]), waiting.pop()))

    for _ in range(SIDE_BY_SIDE):
        start()
    while due:
        if select.select([tun], [], [], max(0, due[0][0] - time.monotonic()))[0]:
            packet = os.read(tun, 65536)
            if packet[0] >> 4 == 4 and packet[9] == 6:
                start_of_tcp = (packet[0] & 15) * 4
                case = by_port.get(struct.unpack("!H", packet[start_of_tcp + 2 : start_of_tcp + 4])[0])
                if case is not None:
                    case.received(packet)
            continue
        _, key, case = heapq.heappop(due)
        if case.step():
            heapq.heappush(due, (time.monotonic() + SETTLE_MS / 1000, key, case))
        else:
            del by_port[case.peer_port]
            case.end()
            start()


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    tun = open_tun()
    cases = [Case(tun, index, steps) for index, steps in enumerate(cases)]
    run(tun, cases)
    with open(sys.argv[2], "w") as file:
        json.dump([case.answers for case in cases], file)


main()
