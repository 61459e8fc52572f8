"""IGMP of a real kernel: joins and leaves groups over a TUN device, plays the querier, notes every message.

    python3 igmp.py STEPS.json ANSWERS.json

STEPS is a list of ["join", group], ["leave", group] and ["query", hex], each with milliseconds to wait after it as a third item; ANSWERS a list of
what came out in that time: destination, service class, TTL, options and message in hexadecimal.
"""
import json
import os
import select
import socket
import struct
import sys
import time

import namespace
from wire import checksum

HOST, QUERIER, EVERYBODY = "10.0.0.1", "10.0.0.254", "224.0.0.1"
ROUTER_ALERT = bytes([148, 4, 0, 0])
IGMP = 2


def heard(tun, milliseconds):
    found, end = [], time.monotonic() + milliseconds / 1000
    while select.select([tun], [], [], max(0, end - time.monotonic()))[0]:
        packet = os.read(tun, 65536)
        if packet[0] >> 4 != 4 or packet[9] != IGMP:
            continue
        start = (packet[0] & 15) * 4
        found.append([socket.inet_ntoa(packet[16:20]), packet[1], packet[8], packet[20:start].hex(), packet[start:].hex()])
    return found


def query(tun, message):
    header = struct.pack("!BBHHHBBH", 0x46, 0xC0, 24 + len(message), 0, 0x4000, 1, IGMP, 0)
    header += socket.inet_aton(QUERIER) + socket.inet_aton(EVERYBODY) + ROUTER_ALERT
    os.write(tun, header[:10] + struct.pack("!H", checksum(header)) + header[12:] + message)


def main():
    with open(sys.argv[1]) as file:
        steps = json.load(file)
    tun = namespace.enter()
    namespace.set_variable("net.ipv6.conf.all.disable_ipv6", 1)
    namespace.ip("link set lo up", f"addr add {HOST}/24 dev tun0", "link set tun0 mtu 1500 up")
    member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    answers = []
    for what, value, wait in steps:
        if what == "query":
            query(tun, bytes.fromhex(value))
        else:
            option = socket.IP_ADD_MEMBERSHIP if what == "join" else socket.IP_DROP_MEMBERSHIP
            member.setsockopt(socket.IPPROTO_IP, option, socket.inet_aton(value) + socket.inet_aton(HOST))
        answers.append(heard(tun, wait))
    with open(sys.argv[2], "w") as file:
        json.dump(answers, file)


main()
