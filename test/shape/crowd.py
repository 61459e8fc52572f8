"""Many uploads at once between two real kernels, through the relay of kernel.py.

    python3 crowd.py POINT.json

POINT is kernel.py's with `flows` beside it: one more begins every EVERY_NS. Printed is a list of [bytes acknowledged, segments sent again],
one for each connection, as TCP_INFO has them at the end.
"""
import json
import os
import select
import socket
import struct
import sys
import time

from kernel import PORT, RECEIVER, run

EVERY_NS = 10_000_000


def listen():
    listening = socket.socket()
    listening.bind((RECEIVER, PORT))
    listening.listen(1000)
    return listening


def receive(listening):
    poller = select.poll()
    poller.register(listening, select.POLLIN)
    connections = {}
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == listening.fileno():
                connection, _ = listening.accept()
                connections[connection.fileno()] = connection
                poller.register(connection, select.POLLIN)
            elif not connections[descriptor].recv(1 << 20):
                return


def send(point, out):
    data, connections = bytes(65536), {}
    poller = select.poll()
    start = time.monotonic_ns()
    end = point["seconds"] * 1_000_000_000
    while (now := time.monotonic_ns() - start) < end:
        while len(connections) < point["flows"] and now >= len(connections) * EVERY_NS:
            connection = socket.socket()
            connection.setsockopt(socket.IPPROTO_TCP, 13, point["algorithm"].encode())  # TCP_CONGESTION
            connection.setblocking(False)
            connection.connect_ex((RECEIVER, PORT))
            connections[connection.fileno()] = connection
            poller.register(connection, select.POLLOUT)
        for descriptor, _ in poller.poll(EVERY_NS // 1_000_000):
            try:
                connections[descriptor].send(data)
            except BlockingIOError:
                pass
    told = []
    for connection in connections.values():
        info = connection.getsockopt(socket.IPPROTO_TCP, 11, 232)  # TCP_INFO
        told.append([struct.unpack_from("Q", info, 120)[0], struct.unpack_from("I", info, 100)[0]])
    os.write(out, json.dumps(told).encode())


with open(sys.argv[1]) as file:
    sys.stdout.write(run(json.load(file), listen, receive, send))
