"""Packets of IPv4, TCP, UDP and ICMP as bytes, and back: what a packet script needs of them."""
import socket
import struct
from dataclasses import dataclass, field

FLAGS = [("S", 2), ("F", 1), ("R", 4), ("P", 8), (".", 16), ("U", 32), ("E", 64), ("W", 128)]
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128
ICMP_PROTOCOL, TCP_PROTOCOL, UDP_PROTOCOL = 1, 6, 17
CHECKSUM_AT = {TCP_PROTOCOL: 16, UDP_PROTOCOL: 6, ICMP_PROTOCOL: 2}
ECN_BITS = {"noecn": 0, "ect1": 1, "ect0": 2, "ce": 3}
TTL = 255


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source, target, protocol, length):
    return socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, protocol, length)


def ip_packet(source, target, protocol, payload, ident=1, ttl=TTL, tos=0, options=b""):
    options += bytes(-len(options) % 4)
    length = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 + length // 4, tos, length + len(payload), ident & 0xFFFF, 0, ttl, protocol, 0)
    head += socket.inet_aton(source) + socket.inet_aton(target) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def tcp_segment(source, target, ports, seq, ack, flags, window, urgent, options, length):
    offset = (20 + len(options)) // 4 << 4
    head = struct.pack("!HHIIBBHHH", *ports, seq % 2**32, ack % 2**32, offset, flags, window, 0, urgent)
    segment = head + options + bytes(length)
    total = checksum(pseudo_header(source, target, TCP_PROTOCOL, len(segment)) + segment)
    return segment[:16] + struct.pack("!H", total) + segment[18:]


def udp_datagram(source, target, ports, length):
    datagram = struct.pack("!HHHH", *ports, 8 + length, 0) + bytes(length)
    total = checksum(pseudo_header(source, target, UDP_PROTOCOL, len(datagram)) + datagram)
    return datagram[:6] + struct.pack("!H", total or 0xFFFF) + datagram[8:]


def icmp_message(kind, code, rest, body):
    message = struct.pack("!BBHI", kind, code, 0, rest) + body
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def encode_option(option, flow):
    kind = option["kind"]
    if kind == "mss":
        return struct.pack("!BBH", 2, 4, option["value"])
    if kind == "wscale":
        return bytes([3, 3, option["value"]])
    if kind == "sackOK":
        return b"\x04\x02"
    if kind == "TS":
        return struct.pack("!BBII", 8, 10, option["val"], flow.stamp_to_live(option["ecr"]))
    if kind == "sack":
        edges = [flow.to_live(edge) for block in option["blocks"] for edge in block]
        return struct.pack(f"!BB{len(edges)}I", 5, 2 + 4 * len(edges), *edges)
    if kind == "raw":
        return bytes.fromhex(option["hex"])
    return b"\x00" if kind == "eol" else b"\x01"


def encode_options(options, flow):
    """As the script lists them, filled up to whole words with ends of list."""
    out = b"".join(encode_option(option, flow) for option in options)
    return out + bytes(-len(out) % 4)


@dataclass
class Segment:
    source: int
    target: int
    seq: int
    ack: int
    flags: int
    window: int
    urgent: int
    length: int
    options: list

    def stamp(self):
        return next(((option["val"], option["ecr"]) for option in self.options if option["kind"] == "TS"), None)


@dataclass
class Packet:
    at_us: float
    tos: int
    ttl: int
    protocol: int
    payload: bytes
    #: both checksums are right
    sound: bool = True
    segment: Segment | None = None
    flow: object = field(default=None)


def decode_options(data):
    seen, at = [], 0
    while at < len(data) and data[at] != 0:
        kind = data[at]
        if kind == 1:
            seen.append({"kind": "nop"})
            at += 1
            continue
        length = data[at + 1]
        value = data[at + 2 : at + length]
        at += length
        if kind == 2:
            seen.append({"kind": "mss", "value": struct.unpack("!H", value)[0]})
        elif kind == 3:
            seen.append({"kind": "wscale", "value": value[0]})
        elif kind == 4:
            seen.append({"kind": "sackOK"})
        elif kind == 5:
            edges = struct.unpack(f"!{len(value) // 4}I", value)
            seen.append({"kind": "sack", "blocks": [list(pair) for pair in zip(edges[::2], edges[1::2])]})
        elif kind == 8:
            val, ecr = struct.unpack("!II", value)
            seen.append({"kind": "TS", "val": val, "ecr": ecr})
        else:
            seen.append({"kind": f"option {kind}"})
    return seen


def decode(data, at_us):
    """None for what is not IPv4."""
    if data[0] >> 4 != 4:
        return None
    start = (data[0] & 15) * 4
    payload = data[start : struct.unpack("!H", data[2:4])[0]]
    packet = Packet(at_us, data[1], data[8], data[9], payload)
    packet.sound = checksum(data[:start]) == 0 and sound_transport(data, start, payload, packet.protocol)
    if packet.protocol == TCP_PROTOCOL:
        source, target, seq, ack, offset, flags, window, _, urgent = struct.unpack("!HHIIBBHHH", payload[:20])
        body = (offset >> 4) * 4
        options = decode_options(payload[20:body])
        packet.segment = Segment(source, target, seq, ack, flags, window, urgent, len(payload) - body, options)
    return packet


def sound_transport(data, start, payload, protocol):
    """The checksum of a whole datagram's transport."""
    source, target = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
    head = b"" if protocol == ICMP_PROTOCOL else pseudo_header(source, target, protocol, len(payload))
    return protocol not in CHECKSUM_AT or checksum(head + payload) == 0


def flags_text(flags):
    return "".join(letter for letter, bit in FLAGS if flags & bit) or "-"


def option_text(option):
    kind = option["kind"]
    if kind in ("mss", "wscale"):
        return f"{kind} {option['value']}"
    if kind == "sack":
        return "sack " + " ".join(f"{left}:{right}" for left, right in option["blocks"])
    if kind == "TS":
        return f"TS val {option['val']} ecr {option['ecr']}"
    return kind
