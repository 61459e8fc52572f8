"""Makes the packets that a script lets come in, and finds the connection that each belongs to."""
import socket
import struct

import wire
from .flows import Flow
from .problem import CannotRun

ECHOES = (0, 8)


class Inbound:
    def __init__(self, settings, flows):
        self.settings, self.flows = settings, flows
        self.remote, self.local = settings["addresses"]["remote"], settings["addresses"]["local"]
        self.listen_port = None
        self.datagram = None
        self.ident = 0

    def bytes_of(self, spec, line):
        self.ident += 1
        protocol, payload = getattr(self, spec["protocol"])(spec, line)
        mark = spec["ip"]
        tos = mark.get("tos", 0) | wire.ECN_BITS[mark.get("ecn", "noecn")]
        options = bytes.fromhex(mark.get("options", ""))
        if "badChecksum" in mark:
            at = wire.CHECKSUM_AT[protocol]
            payload = payload[:at] + bytes([payload[at] ^ 0xFF]) + payload[at + 1 :]
        return wire.ip_packet(*self.ends(mark), protocol, payload, self.ident, mark.get("ttl", wire.TTL), tos, options)

    def ends(self, mark):
        return mark.get("src", self.remote), mark.get("dst", self.local)

    def tcp(self, spec, line):
        flow = self.flow_of(spec)
        acknowledges = spec["flags"] & wire.ACK
        ack = spec.get("ack", 0)
        if acknowledges and "ack" not in spec:
            raise CannotRun(line, "a segment that comes in with the flag . needs ack")
        options = wire.encode_options(spec.get("options", []), flow)
        ports = (flow.remote_port, flow.local_port)
        numbers = (spec["seq"], flow.to_live(ack) if acknowledges else ack, spec["flags"])
        rest = (spec.get("window", 0), spec.get("urgent", 0), options, spec["length"])
        return wire.TCP_PROTOCOL, wire.tcp_segment(*self.ends(spec["ip"]), ports, *numbers, *rest)

    def flow_of(self, spec):
        flow = self.choose_flow(spec)
        if spec["flags"] & wire.SYN:
            flow.remote_isn = spec["seq"]
            self.flows.current = flow
        if spec["flags"] & wire.ACK:
            flow.opened = True
        return flow

    def choose_flow(self, spec):
        flows = self.flows
        if "ports" in spec:
            source, target = spec["ports"]["from"], spec["ports"]["to"]
            return flows.named(target, source) or flows.add(Flow(target, source, named=True))
        current = flows.current
        only_syn = spec["flags"] & (wire.SYN | wire.ACK) == wire.SYN
        if current is not None and not (only_syn and self.opens_another(current, spec)):
            return current
        return flows.add(Flow(self.listen_port or self.settings["bindPort"], flows.fresh_remote_port()))

    def opens_another(self, current, spec):
        return self.listen_port is not None and current.opened and spec["seq"] == current.remote_isn

    def datagram_ports(self):
        if self.datagram is None:
            self.datagram = (self.settings["bindPort"], self.flows.fresh_remote_port())
        return self.datagram

    def udp(self, spec, _line):
        local, remote = self.datagram_ports()
        ports = (spec["ports"]["from"], spec["ports"]["to"]) if "ports" in spec else (remote, local)
        return wire.UDP_PROTOCOL, wire.udp_datagram(*self.ends(spec["ip"]), ports, spec["length"])

    def icmp(self, spec, line):
        rest = spec.get("mtu", 0)
        if spec["type"] in ECHOES:
            return wire.ICMP_PROTOCOL, wire.icmp_message(spec["type"], spec["code"], rest, b"")
        flow, quoted = self.flows.current, spec.get("quoted")
        udp = quoted["udp"] if quoted else flow is None
        length = quoted["length"] if quoted else 0
        if udp:
            head, protocol = struct.pack("!HHHH", *self.datagram_ports(), 8 + length, 0), wire.UDP_PROTOCOL
        elif flow is None:
            raise CannotRun(line, "an ICMP message about a connection before there is one")
        else:
            seq = flow.to_live(quoted["seq"]) if quoted else flow.last_sent
            head, protocol = struct.pack("!HHI", flow.local_port, flow.remote_port, seq), wire.TCP_PROTOCOL
        body = quoted_header(self.local, self.remote, protocol, length) + head
        return wire.ICMP_PROTOCOL, wire.icmp_message(spec["type"], spec["code"], rest, body)


def quoted_header(source, target, protocol, length):
    total = 20 + (20 if protocol == wire.TCP_PROTOCOL else 8) + length
    head = struct.pack("!BBHHHBBH", 0x45, 0, min(total, 0xFFFF), 0, 0x4000, 63, protocol, 0)
    head += socket.inet_aton(source) + socket.inet_aton(target)
    return head[:10] + struct.pack("!H", wire.checksum(head)) + head[12:]
