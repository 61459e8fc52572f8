"""One upload from a real kernel to a real kernel through a relay that is a cable: rate, drop-tail queue, delay, loss of given packets.

    python3 kernel.py POINT.json

POINT is {algorithm, rate, delayNs, queuePackets, lost, seconds}; printed is a list of [ns since connect, cwnd, bytes acknowledged], read with
TCP_INFO every SAMPLE_NS by the sending program. The two hosts are network namespaces with a TUN device each; the relay holds both
devices and does what link/lane.ts does, in real time: a packet starts when the transmitter is free, takes its bits' time, arrives after
the delay, and is lost then if it is one of the numbered ones.
"""
import collections
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

SAMPLE_NS = 20_000_000
SENDER, RECEIVER = "10.0.1.2", "10.0.2.2"
PORT = 7000
# A frame's bytes beside the IP packet: Ethernet header, check sequence, preamble and gap; and the least that goes over a cable.
FRAME_BYTES, OVERHEAD_BYTES, MIN_FRAME_BYTES = 14, 24, 60
SYSCTLS = ["tcp_rmem=4096 131072 6291456", "tcp_wmem=4096 16384 4194304", "tcp_no_metrics_save=1"]
libc = ctypes.CDLL(None, use_errno=True)


def make_host(address, peer):
    """Moves this process into a fresh network namespace with a TUN device; answers both as descriptors."""
    if libc.unshare(0x40000000) != 0:  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), "unshare")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", b"tun0", 0x0001 | 0x1000))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    subprocess.run(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", *(f"net.ipv4.{s}" for s in SYSCTLS)], check=True)
    for command in ("ip link set lo up", f"ip addr add {address} peer {peer} dev tun0", "ip link set tun0 mtu 1500 txqueuelen 5000 up"):
        subprocess.run(command.split(), check=True)
    return os.open("/proc/self/ns/net", os.O_RDONLY), tun


def in_space(space, work, *arguments):
    """Runs a function in a child process within a network namespace."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if libc.setns(space, 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            work(*arguments)
            code = 0
        finally:
            os._exit(code)
    return pid


def receive(listening):
    connection, _ = listening.accept()
    while connection.recv(65536):
        pass


def listen():
    listening = socket.socket()
    listening.bind((RECEIVER, PORT))
    listening.listen(1)
    return listening


def send(point, out):
    connection = socket.socket()
    connection.setsockopt(socket.IPPROTO_TCP, 13, point["algorithm"].encode())  # TCP_CONGESTION
    connection.connect((RECEIVER, PORT))
    connection.setblocking(False)
    poller = select.poll()
    poller.register(connection, select.POLLOUT)
    data, samples = bytes(65536), []
    start = time.monotonic_ns()
    end = point["seconds"] * 1_000_000_000
    while (now := time.monotonic_ns() - start) < end:
        due = len(samples) * SAMPLE_NS
        if now >= due:
            info = connection.getsockopt(socket.IPPROTO_TCP, 11, 232)  # TCP_INFO
            samples.append([now, struct.unpack_from("I", info, 80)[0], struct.unpack_from("Q", info, 120)[0]])
        elif poller.poll((due - now) / 1_000_000):
            try:
                connection.send(data)
            except BlockingIOError:
                pass
    os.write(out, json.dumps(samples).encode())


class Lane:
    def __init__(self, to, rate, delay_ns, queue_packets, lost):
        self.to, self.rate, self.delay_ns, self.queue_packets = to, rate, delay_ns, queue_packets
        self.lost, self.arrived = set(lost), 0
        self.free_at = 0
        self.waiting, self.under_way = collections.deque(), collections.deque()

    def enter(self, packet, now):
        while self.waiting and self.waiting[0] <= now:
            self.waiting.popleft()
        if self.free_at > now and len(self.waiting) >= self.queue_packets:
            return
        start = max(now, self.free_at)
        size = max(len(packet) + FRAME_BYTES, MIN_FRAME_BYTES) + OVERHEAD_BYTES
        self.free_at = start + size * 8_000_000_000 // self.rate
        if start > now:
            self.waiting.append(start)
        self.under_way.append((self.free_at + self.delay_ns, packet))

    def deliver(self, now):
        while self.under_way and self.under_way[0][0] <= now:
            _, packet = self.under_way.popleft()
            self.arrived += 1
            if self.arrived not in self.lost:
                os.write(self.to, packet)

    def due(self):
        return self.under_way[0][0] if self.under_way else None


def relay(lanes, out):
    """Carries packets until the sender has told its samples."""
    pieces = []
    while True:
        due = min((d for lane in lanes.values() if (d := lane.due()) is not None), default=None)
        wait = None if due is None else max(0, due - time.monotonic_ns()) / 1_000_000_000
        for descriptor in select.select([*lanes, out], [], [], wait)[0]:
            if descriptor == out:
                piece = os.read(out, 65536)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
                continue
            try:
                while True:
                    packet = os.read(descriptor, 65536)
                    if packet[0] >> 4 == 4:
                        lanes[descriptor].enter(packet, time.monotonic_ns())
            except BlockingIOError:
                pass
        for lane in lanes.values():
            lane.deliver(time.monotonic_ns())


def run(point, listen, receive, send):
    """What `send` tells while it and `receive` run on the two hosts, with the cable of `point` between them."""
    spaces, tuns = zip(*(make_host(*ends) for ends in ((SENDER, RECEIVER), (RECEIVER, SENDER))))
    # The relay's clock is the cable's, and the programs have only this to do: a busy machine must not stretch it.
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    listening = listen()
    reading, writing = os.pipe()
    children = [in_space(spaces[1], receive, listening), in_space(spaces[0], send, point, writing)]
    os.close(writing)
    common = point["rate"], point["delayNs"], point["queuePackets"]
    try:
        return relay({tuns[0]: Lane(tuns[1], *common, point["lost"]), tuns[1]: Lane(tuns[0], *common, [])}, reading).decode()
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        sys.stdout.write(run(json.load(file), listen, receive, send))
