/**
 * Named breakages of the sources, each with the tests that must turn red (`npm run mutants`). `from` stands exactly once in `file`;
 * mutants.test.ts holds that, so that a mutant does not rot while the source moves on.
 */

export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Test files of which at least one test must fail. */
  readonly tests: readonly string[];
}

const TCP = 'packages/core/src/transport/tcp';
const NETWORK = 'packages/core/src/network';
const LINK = 'packages/core/src/link';
const WIRE = 'packages/core/src/wire';
const DNS = 'packages/userland/src/dns';

export const mutants: readonly Mutant[] = [
  {
    name: 'the retransmission time-out is not doubled',
    file: `${TCP}/retransmit.ts`,
    from: 'c.rtoNs = Math.min(c.rtoNs * 2, RTO_MAX_NS);',
    to: 'c.rtoNs = Math.min(c.rtoNs, RTO_MAX_NS);',
    tests: [`${TCP}/recovery.test.ts`],
  },
  {
    name: 'a router does not lower the TTL',
    file: `${NETWORK}/ipv4-input.ts`,
    from: 'packet.withTtl(packet.ttl - 1)',
    to: 'packet.withTtl(packet.ttl)',
    tests: [`${NETWORK}/forward.test.ts`],
  },
  {
    name: 'a datagram that must not be fragmented is',
    file: `${NETWORK}/ipv4-input.ts`,
    from: 'if (packet.length > mtu && packet.dontFragment) {',
    to: 'if (packet.length > mtu + 65_535 && packet.dontFragment) {',
    tests: [`${NETWORK}/forward.test.ts`, `${NETWORK}/fragment.test.ts`, `${NETWORK}/icmp.test.ts`],
  },
  {
    name: 'link-layer broadcast is forwarded',
    file: `${NETWORK}/ipv4-input.ts`,
    from: 'if (frame.dst !== on.card.mac && !isForOneHost(frame, on)) {',
    to: 'if (frame.dst !== on.card.mac && !isForOneHost(frame, on) && packet.ttl === 0) {',
    tests: [`${NETWORK}/forward.test.ts`],
  },
  {
    name: 'the longest prefix does not win',
    file: `${NETWORK}/routes.ts`,
    from: '.sort((a, b) => b - a)',
    to: '.sort((a, b) => a - b)',
    tests: [`${NETWORK}/routes.test.ts`],
  },
  {
    name: 'an entry of ARP never expires',
    file: `${NETWORK}/neighbour-table.ts`,
    from: 'const stillGood = neighbour.confirmedAt + this.reachableNs(neighbour.on);',
    to: 'const stillGood = now + this.reachableNs(neighbour.on);',
    tests: [`${NETWORK}/arp.test.ts`],
  },
  {
    name: 'overlapping fragments are taken',
    file: `${NETWORK}/reassembly.ts`,
    from: "? 'duplicate' : 'fragment-overlap';",
    to: "? 'duplicate' : undefined;",
    tests: [`${NETWORK}/fragment.test.ts`],
  },
  {
    name: 'the TCP checksum is not looked at',
    file: `${WIRE}/tcp.ts`,
    from: "if (get16(bytes, at + AT.checksum) !== tcpChecksum(bytes, at, end, src, dst)) return 'bad checksum';",
    to: '',
    tests: [`${WIRE}/codec.test.ts`],
  },
  {
    name: 'the TCP checksum is one off',
    file: `${WIRE}/tcp.ts`,
    from: 'put16(bytes, at + AT.checksum, checksumOf(sum));',
    to: 'put16(bytes, at + AT.checksum, checksumOf(sum + 1));',
    tests: [`${WIRE}/codec.test.ts`],
  },
  {
    name: 'FIN is ignored',
    file: `${TCP}/receive.ts`,
    from: 'const fin = segment.has(TCP_FLAG.fin);',
    to: 'const fin = false;',
    tests: [`${TCP}/close.test.ts`],
  },
  {
    name: 'the receive window is ignored by the sender',
    file: `${TCP}/send.ts`,
    from: 'const end = windowEnd(c);',
    to: 'const end = seqAdd(c.sndNxt, 1 << 24);',
    tests: [`${TCP}/send.test.ts`],
  },
  {
    name: 'the delayed ACK is never sent',
    file: `${TCP}/delayed-ack.ts`,
    from: '  sendAck(c);\n  flushWakes(c);',
    to: '  flushWakes(c);',
    tests: [`${TCP}/receive.test.ts`],
  },
  {
    name: 'Nagle holds nothing back',
    file: `${TCP}/send.ts`,
    from: 'return nagle === 0 && c.packetsOut > 0 &&',
    to: 'return nagle < 0 && c.packetsOut > 0 &&',
    tests: [`${TCP}/send.test.ts`],
  },
  {
    name: 'the known part of a segment is delivered again',
    file: `${TCP}/receive.ts`,
    from: 'const known = Math.min(seqDiff(c.rcvNxt, seq), segment.payload.length);',
    to: 'const known = 0;',
    tests: [`${TCP}/receive.test.ts`, `${TCP}/transfer.test.ts`],
  },
  {
    name: 'TIME-WAIT ends at once',
    file: `${TCP}/close.ts`,
    from: 'enterTimeWait(c, STATE.TIME_WAIT, TIME_WAIT_NS);\n      return;',
    to: 'enterTimeWait(c, STATE.TIME_WAIT, 1);\n      return;',
    tests: [`${TCP}/close.test.ts`],
  },
  {
    name: 'a late piece of TCP data goes before an early one',
    file: `${TCP}/reassembly.ts`,
    from: 'while (at > 0 && seqGt(this.segments[at - 1]!.seq, seq)) at--;',
    to: '',
    tests: [`${TCP}/receive.test.ts`, `${TCP}/transfer.test.ts`],
  },
  {
    name: 'a loss does not reduce the window',
    file: `${TCP}/recovery.ts`,
    from: 'c.ssthresh = c.congestion.ssthresh(c);\n  queueCwr(c);',
    to: 'c.ssthresh = c.cwnd;\n  queueCwr(c);',
    tests: [`${TCP}/recovery.test.ts`],
  },
  {
    name: 'a lost segment waits for the timer',
    file: `${TCP}/recovery.ts`,
    from: 'return c.lostOut > 0;',
    to: 'return c.lostOut < 0;',
    tests: [`${TCP}/recovery.test.ts`],
  },
  {
    name: 'slow start does not double',
    file: `${TCP}/congestion/reno.ts`,
    from: 'const cwnd = Math.min(c.cwnd + acked, c.ssthresh);',
    to: 'const cwnd = Math.min(c.cwnd + (acked >> 2), c.ssthresh);',
    tests: [`${TCP}/congestion/contract.test.ts`],
  },
  {
    name: 'congestion avoidance goes on doubling',
    file: `${TCP}/congestion/reno.ts`,
    from: '  c.cwndCount += acked;',
    to: '  c.cwndCount += acked * window;',
    tests: [`${TCP}/congestion/contract.test.ts`],
  },
  {
    name: 'a closed port does not answer a SYN',
    file: `${TCP}/reset.ts`,
    from: 'if (segment.has(TCP_FLAG.rst)) return undefined;',
    to: 'if (segment.has(TCP_FLAG.rst) || segment.has(TCP_FLAG.syn)) return undefined;',
    tests: [`${TCP}/reset.test.ts`],
  },
  {
    name: 'a reset is believed wherever it falls into the window',
    file: `${TCP}/validate.ts`,
    from: 'if (segment.seq === c.rcvNxt || isLateReset(c, segment)) return true;',
    to: 'if (segment.seq !== -1) return true;',
    tests: [`${TCP}/reset.test.ts`],
  },
  {
    name: 'a closed window is never probed',
    file: `${TCP}/persist.ts`,
    from: 'if (c.packetsOut === 0 && c.pending === PENDING.NONE)',
    to: 'if (c.packetsOut < 0 && c.pending === PENDING.NONE)',
    tests: [`${TCP}/send.test.ts`],
  },
  {
    name: 'unread data does not close the window',
    file: `${TCP}/windows.ts`,
    from: 'let free = freeSpace(c);',
    to: 'let free = fullSpace(c);',
    tests: [`${TCP}/receive.test.ts`],
  },
  {
    name: 'a full accept queue takes more',
    file: `${TCP}/listener.ts`,
    from: 'return this.accepted.length > this.backlog;',
    to: 'return this.accepted.length > this.backlog + 1000;',
    tests: [`${TCP}/handshake.test.ts`],
  },
  {
    name: 'no cookie is ever sent',
    file: `${TCP}/listener.ts`,
    from: '      cookie = true;\n',
    to: '      return;\n',
    tests: [`${TCP}/syn-cookies.test.ts`, `${TCP}/handshake.test.ts`],
  },
  {
    name: 'nobody is told that a UDP port is closed',
    file: 'packages/core/src/transport/udp.ts',
    from: '      this.ip.unreachablePort(packet);\n',
    to: '',
    tests: ['packages/core/src/transport/udp.test.ts'],
  },
  {
    name: 'nobody is told that the TTL ran out',
    file: `${NETWORK}/ipv4-input.ts`,
    from: 'this.parts.errors.send(packet, ICMP.timeExceeded, 0, { toUs: false, on });',
    to: '',
    tests: [`${NETWORK}/forward.test.ts`, `${NETWORK}/icmp.test.ts`],
  },
  {
    name: 'who asks by ARP is not remembered',
    file: `${NETWORK}/arp.ts`,
    from: "neighbours.update(neighbour, arp.senderMac, NUD.stale, { override: true }, 'it asked for us');",
    to: '',
    tests: [`${NETWORK}/arp.test.ts`],
  },
  {
    name: 'multicast reaches hosts that have not joined',
    file: `${NETWORK}/ipv4-input.ts`,
    from: 'if (group && kind === FLOW.multicast && !on.groups.has(packet.dst.key)) {',
    to: 'if (group && kind < 0 && !on.groups.has(packet.dst.key)) {',
    tests: [`${NETWORK}/icmp.test.ts`, 'packages/core/src/transport/udp.test.ts', `${NETWORK}/contract.test.ts`],
  },
  {
    name: 'a switch never learns',
    file: `${LINK}/mac-table.ts`,
    from: 'if (entry === undefined) return this.add(mac, port, now);',
    to: 'if (entry === undefined) return true;',
    tests: [`${LINK}/switch.test.ts`],
  },
  {
    name: 'a switch never forgets',
    file: `${LINK}/mac-table.ts`,
    from: 'if (!entry.fixed && now - entry.seenAt >= this.ageingNs) {\n      this.remove(entry);\n      return undefined;\n    }',
    to: '',
    tests: [`${LINK}/switch.test.ts`],
  },
  {
    name: 'a switch floods to where the frame came from',
    file: `${LINK}/switch.ts`,
    from: 'for (const to of this.ports) if (to !== from) this.emit(to, frame, length, now);',
    to: 'for (const to of this.ports) this.emit(to, frame, length, now);',
    tests: [`${LINK}/switch.test.ts`],
  },
  {
    name: 'a cable is a nanosecond too long',
    file: `${LINK}/lane.ts`,
    from: 'let arrival = end + this.delayNs;',
    to: 'let arrival = end + this.delayNs + 1;',
    tests: [`${LINK}/lane.test.ts`],
  },
  {
    name: 'what is left of a nanosecond is not carried on',
    file: `${LINK}/lane.ts`,
    from: 'this.remainder = left;',
    to: 'this.remainder = 0;',
    tests: [`${LINK}/lane.test.ts`],
  },
  {
    name: 'events of the same instant fire last in, first out',
    file: 'packages/core/src/time/queue.ts',
    from: 'if (times[parent]! <= at) break;',
    to: 'if (times[parent]! < at) break;',
    tests: ['packages/core/src/time/queue.test.ts'],
  },
  {
    name: 'choices ignore the seed',
    file: 'packages/core/src/random/random.ts',
    from: 'const stream = this.stream(',
    to: 'const stream = new Stream(1, kind + entity) ?? this.stream(',
    tests: ['packages/core/src/random/random.test.ts'],
  },
  {
    name: 'a DNS cache keeps records for ever',
    file: `${DNS}/cache.ts`,
    from: 'this.entries.set(key, { value, expiresS: nowS + ttl });',
    to: 'this.entries.set(key, { value, expiresS: nowS + ttl + 1_000_000 });',
    tests: [`${DNS}/recursor.test.ts`],
  },
  {
    name: 'a DNS name may point at itself',
    file: `${WIRE}/dns-name.ts`,
    from: 'if (target >= partStart) return {',
    to: 'if (target > end) return {',
    tests: [`${WIRE}/dns.test.ts`],
  },
  {
    name: 'a DHCP lease never ends',
    file: 'packages/userland/src/dhcp/client-machine.ts',
    from: 'this.expireNs = this.requestedNs + lease.leaseSeconds * SECOND;',
    to: 'this.expireNs = this.requestedNs + lease.leaseSeconds * SECOND * 1000;',
    tests: ['packages/userland/src/dhcp/dhcp.test.ts'],
  },
  {
    name: 'trailers of a chunked body are dropped',
    file: 'packages/userland/src/http/parser.ts',
    from: "this.state = { at: 'end', trailers: state.fields.done() };",
    to: "this.state = { at: 'end', trailers: new Fields() };",
    tests: ['packages/userland/src/http/parser.test.ts'],
  },
];
