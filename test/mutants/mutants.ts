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
