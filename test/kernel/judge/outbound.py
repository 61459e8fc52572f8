"""Compares a packet that the kernel sent with what a script expects (the rules are in docs/guide/packetdrill.md)."""
import wire
from .flows import Flow
from .problem import Failure

ECN_NAMES = {bits: name for name, bits in wire.ECN_BITS.items()}


class Outbound:
    """Packets that the kernel has sent, until the script expects them."""

    def __init__(self, settings, flows, inbound):
        self.settings, self.flows, self.inbound = settings, flows, inbound
        self.waiting = []

    def capture(self, packet):
        segment = packet.segment
        if segment is not None:
            packet.flow = self.flow_of(segment)
        elif packet.protocol == wire.UDP_PROTOCOL and self.inbound.datagram is None:
            ports = packet.payload[:4]
            self.inbound.datagram = (int.from_bytes(ports[:2], "big"), int.from_bytes(ports[2:], "big"))
        self.waiting.append(packet)

    def flow_of(self, segment):
        flow = self.flows.find(segment.source, segment.target)
        if flow is None:
            current = self.flows.current
            flow = self.flows.add(Flow(segment.source, segment.target))
            flow.fresh = True
            self.flows.current = current
        if segment.flags & wire.SYN:
            flow.live_isn = segment.seq
        flow.last_sent = segment.seq
        return flow

    def candidate(self, spec):
        return next((packet for packet in self.waiting if self.concerns(spec, packet)), None)

    def concerns(self, spec, packet):
        if spec["protocol"] == "udp":
            return packet.protocol == wire.UDP_PROTOCOL
        if spec["protocol"] == "icmp":
            return packet.protocol == wire.ICMP_PROTOCOL
        if packet.segment is None:
            return False
        flow, current = packet.flow, self.flows.current
        opening = spec["flags"] & (wire.SYN | wire.ACK) == wire.SYN
        if "ports" in spec:
            named = self.flows.named(spec["ports"]["from"], spec["ports"]["to"])
            return opening and flow.fresh if named is None else flow is named
        return flow is current or current is None or (opening and flow.fresh)

    def adopt(self, flow, spec):
        """An expectation has met the first segment of a connection of the kernel's."""
        if spec["flags"] & wire.SYN:
            flow.script_isn = spec["seq"]
        if not flow.fresh:
            return
        flow.fresh = False
        if "ports" in spec:
            flow.script_ports = (spec["ports"]["from"], spec["ports"]["to"])
        self.flows.current = flow

    def judge(self, packet, spec, progress, line):
        """`progress` is [next sequence number, bytes left]."""
        if not packet.sound:
            raise Failure(line, "a wrong checksum", "a right one")
        if spec["protocol"] == "udp":
            length = len(packet.payload) - 8
            if length != spec["length"]:
                raise Failure(line, f"> udp ({length})", f"> udp ({spec['length']})")
        elif spec["protocol"] == "icmp":
            self.judge_icmp(packet, spec, line)
        else:
            self.judge_segment(packet, spec, progress, line)
        mark = spec["ip"]
        seen = {"ecn": ECN_NAMES[packet.tos & 3], "ttl": packet.ttl, "tos": packet.tos}
        for name, value in mark.items():
            if seen[name] != value and not (value == "ect01" and seen[name] in ("ect0", "ect1")):
                raise Failure(line, f"the IP mark {name} {seen[name]}", f"{name} {value}")

    def judge_icmp(self, packet, spec, line):
        kind, code = packet.payload[0], packet.payload[1]
        rest = int.from_bytes(packet.payload[4:8], "big")
        if (kind, code) != (spec["type"], spec["code"]) or (kind == 3 and "mtu" in spec and rest != spec["mtu"]):
            raise Failure(line, f"> icmp type {kind} code {code}", f"> icmp type {spec['type']} code {spec['code']}")

    def judge_segment(self, packet, spec, progress, line):
        segment, flow = packet.segment, packet.flow
        first = progress[1] == spec["length"]
        if first and spec["flags"] & wire.SYN and segment.flags & wire.SYN:
            self.adopt(flow, spec)
        if first:
            self.note_stamp(flow, spec, segment, line)
        differs = difference(spec, segment, flow, progress, not self.settings["strictSegments"])
        if differs is not None:
            raise Failure(line, segment_text(segment, flow), f"{differs} of {spec_text(spec)}")
        progress[0] = (progress[0] + segment.length) % 2**32
        progress[1] -= segment.length

    def note_stamp(self, flow, spec, segment, line):
        options, live = spec.get("options"), segment.stamp()
        if not isinstance(options, list) or live is None:
            return
        stamp = next((option for option in options if option["kind"] == "TS"), None)
        if stamp is None:
            return
        tick, tolerance = self.settings["stampTickUs"], self.settings["toleranceUs"]
        if tick > 0 and flow.first_stamp is not None:
            seen = flow.stamp_to_script(live[0])
            if abs(seen - stamp["val"]) * tick > tolerance + tick:
                raise Failure(line, f"TS val {seen}", f"TS val {stamp['val']}")
        flow.note_stamp(live[0], stamp["val"])


def difference(spec, segment, flow, progress, split):
    """What differs, by name."""
    piece = split and 0 < segment.length < progress[1]
    if segment.length != progress[1] and not piece:
        return "the length"
    if shown_seq(segment, flow) != progress[0]:
        return "the sequence number"
    wanted = spec["flags"]
    if piece:
        wanted = wanted & ~(wire.PSH | wire.FIN) | segment.flags & wire.PSH
    if progress[1] != spec["length"]:
        wanted &= ~wire.CWR
    if segment.flags != wanted:
        return "the flags"
    if wanted & wire.ACK and "ack" in spec and segment.ack != spec["ack"]:
        return "the acknowledgement number"
    if "window" in spec and segment.window != spec["window"]:
        return "the window"
    if "urgent" in spec and segment.urgent != spec["urgent"]:
        return "the urgent pointer"
    return None if same_options(spec.get("options"), segment) else "the options"


def same_options(wanted, segment):
    if wanted == "any":
        return True
    if wanted is None:
        ignored = () if segment.flags & wire.SYN else ("TS", "nop")
        return all(option["kind"] in ignored for option in segment.options)
    return len(wanted) == len(segment.options) and all(map(same_option, wanted, segment.options))


def same_option(wanted, seen):
    if wanted["kind"] == "TS" and seen["kind"] == "TS":
        return wanted["ecr"] == seen["ecr"]
    return wire.option_text(wanted) == wire.option_text(seen)


def shown_seq(segment, flow):
    bare = segment.seq == 0 and segment.flags & wire.RST and segment.flags & wire.ACK
    return 0 if bare else flow.to_script(segment.seq)


def listed(options):
    return f" <{','.join(map(wire.option_text, options))}>" if options else ""


def segment_text(segment, flow):
    seq, length = shown_seq(segment, flow), segment.length
    ack = f" ack {segment.ack}" if segment.flags & wire.ACK else ""
    urgent = f" urg {segment.urgent}" if segment.flags & wire.URG else ""
    numbers = f"{seq}:{(seq + length) % 2**32}({length}){ack} win {segment.window}{urgent}"
    return f"> {wire.flags_text(segment.flags)} {numbers}{listed(segment.options)}"


def spec_text(spec):
    seq, length = spec["seq"], spec["length"]
    ack = f" ack {spec['ack']}" if "ack" in spec else ""
    window = f" win {spec['window']}" if "window" in spec else ""
    options = spec.get("options")
    shown = " <...>" if options == "any" else listed(options or [])
    return f"> {wire.flags_text(spec['flags'])} {seq}:{(seq + length) % 2**32}({length}){ack}{window}{shown}"
