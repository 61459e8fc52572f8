"""A real kernel as a router between two veth pairs: sends it frames, notes what it sends back.

    python3 inject.py QUESTION.json ANSWERS.json

QUESTION has `settings`, sysctl variables below net.ipv4 with their values, and `cases`, a list of lists of [port, hex]; ANSWERS is the same with what came out, case by case. After each case an echo request
on each port marks its end: one CPU handles all frames in order, so what came before its reply belongs to the case.
"""
import ctypes
import json
import os
import select
import socket
import struct
import subprocess
import sys

from wire import checksum

KERNEL, OUTSIDE = f"kernel-{os.getpid()}", f"outside-{os.getpid()}"
OWN_MAC = ["020000000002", "020000000003"]
PEER_MAC = ["020000000a02", "020000000a03"]


def run(command, check=True):
    subprocess.run(command.split(), check=check, stdout=subprocess.DEVNULL, stderr=None if check else subprocess.DEVNULL)


def colons(mac):
    return ":".join(mac[i : i + 2] for i in range(0, 12, 2))


def sysctl(*settings):
    for setting in settings:
        run(f"ip netns exec {KERNEL} sysctl -qw net.ipv4.{setting}")


def build(settings):
    for namespace in (KERNEL, OUTSIDE):
        run(f"ip netns add {namespace}")
        run(f"ip netns exec {namespace} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    for i in (0, 1):
        run(f"ip -n {KERNEL} link add eth{i} type veth peer name eth{i} netns {OUTSIDE}")
        run(f"ip -n {KERNEL} link set eth{i} address {colons(OWN_MAC[i])}")
        run(f"ip -n {OUTSIDE} link set eth{i} address {colons(PEER_MAC[i])} promisc on arp off up")
        run(f"ip -n {KERNEL} link set eth{i} up")
        sysctl(f"conf.eth{i}.send_redirects=0", f"conf.eth{i}.rp_filter=0")
        # Nobody is asked twice, nor believed when it changes its mind, for as long as all this takes.
        sysctl(f"neigh.eth{i}.delay_first_probe_time=100000", f"neigh.eth{i}.locktime=10000000")
        sysctl(f"neigh.eth{i}.retrans_time_ms=1000000")
    sysctl("ip_forward=1", "icmp_ratelimit=0", "icmp_msgs_per_sec=1000000", "icmp_msgs_burst=1000000")
    sysctl("conf.all.send_redirects=0", "conf.all.rp_filter=0")
    run(f"ip -n {KERNEL} link set lo up")
    run(f"ip -n {KERNEL} link set eth1 mtu 600")
    run(f"ip -n {KERNEL} addr add 10.0.0.2/24 dev eth0")
    run(f"ip -n {KERNEL} addr add 10.0.9.2/24 dev eth1")
    neighbours = [("10.0.0.0", 0), ("10.0.0.1", 0), ("10.0.0.55", 0), ("10.0.9.1", 1), ("10.0.9.55", 1)]
    for address, i in neighbours:
        run(f"ip -n {KERNEL} neigh add {address} lladdr {colons(PEER_MAC[i])} dev eth{i} nud permanent")
    run(f"ip -n {KERNEL} route add 9.9.9.0/24 via 10.0.0.1")
    for kind, prefix in (("unreachable", "10.7"), ("prohibit", "10.8"), ("blackhole", "10.10")):
        run(f"ip -n {KERNEL} route add {kind} {prefix}.0.0/16")
    sysctl(*settings)


def marker(port, number):
    """An echo request from 10.0.0.1 or 10.0.9.1 with identifier 0x7e57."""
    net = 0 if port == 0 else 9
    icmp = struct.pack("!BBHHH", 8, 0, 0, 0x7E57, number & 0xFFFF)
    icmp = struct.pack("!BBHHH", 8, 0, checksum(icmp), 0x7E57, number & 0xFFFF)
    head = struct.pack("!BBHHHBBH4B4B", 0x45, 0, 28, 0, 0, 64, 1, 0, 10, 0, net, 1, 10, 0, net, 2)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return bytes.fromhex(OWN_MAC[port] + PEER_MAC[port]) + b"\x08\x00" + head + icmp


def is_mark(frame, number):
    return frame[12:14] == b"\x08\x00" and frame[23] == 1 and frame[34:35] == b"\x00" and frame[38:42] == struct.pack("!HH", 0x7E57, number & 0xFFFF)


def collect(sockets, number):
    found, open_ports = [], {0, 1}
    while open_ports:
        ready, _, _ = select.select(sockets, [], [], 2)
        if not ready:
            raise SystemExit(f"case {number}: no answer to the marks on {open_ports}")
        for port in (0, 1):
            if sockets[port] not in ready:
                continue
            frame, address = sockets[port].recvfrom(70000)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            if is_mark(frame, number):
                open_ports.discard(port)
            else:
                found.append([port, frame.hex()])
    return found


def main(cases_file, answers_file):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with open(cases_file) as file:
        question = json.load(file)
    cases = question["cases"]
    try:
        build(question["settings"])
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        descriptor = os.open(f"/var/run/netns/{OUTSIDE}", os.O_RDONLY)
        if libc.setns(descriptor, 0) != 0:
            raise SystemExit("setns failed")
        sockets = []
        for i in (0, 1):
            each = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            each.bind((f"eth{i}", 3))
            sockets.append(each)
        answers = []
        for number, case in enumerate([[]] + cases):
            for port, frame in case:
                sockets[port].send(bytes.fromhex(frame))
            for port in (0, 1):
                sockets[port].send(marker(port, number))
            answers.append(collect(sockets, number))
        with open(answers_file, "w") as file:
            json.dump(answers[1:], file)
    finally:
        for namespace in (KERNEL, OUTSIDE):
            run(f"ip netns del {namespace}", check=False)


main(sys.argv[1], sys.argv[2])
