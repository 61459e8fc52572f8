/**
 * DNS messages to bytes (RFC 1035 section 4, RFC 3596 AAAA, RFC 2782 SRV, RFC 6891 EDNS, RFC 3597 unknown types); `dns-decoder.ts` reads them.
 * Left out: DNSSEC types (they stay `raw`), TSIG.
 */
import { parseIpv4, parseIpv6 } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/bytes.ts';
import { type NameTable, writeName } from './dns-name.ts';
import type { DnsFlags, DnsMessage, RData, ResourceRecord } from './dns-types.ts';

function encodeFlags(flags: DnsFlags): number {
  return (
    (flags.qr ? 0x8000 : 0) |
    ((flags.opcode & 15) << 11) |
    (flags.aa ? 0x400 : 0) |
    (flags.tc ? 0x200 : 0) |
    (flags.rd ? 0x100 : 0) |
    (flags.ra ? 0x80 : 0) |
    (flags.z ? 0x40 : 0) |
    (flags.ad ? 0x20 : 0) |
    (flags.cd ? 0x10 : 0) |
    (flags.rcode & 15)
  );
}

export function encodeDns(message: DnsMessage): Uint8Array {
  const out = new ByteWriter(512);
  const names: NameTable = new Map();
  out.u16(message.id).u16(encodeFlags(message.flags)).u16(message.questions.length);
  out.u16(message.answers.length).u16(message.authorities.length).u16(message.additionals.length);
  for (const question of message.questions) {
    writeName(out, question.name, names);
    out.u16(question.type).u16(question.class);
  }
  for (const section of [message.answers, message.authorities, message.additionals])
    for (const record of section) writeRecord(out, record, names);
  return out.bytes();
}

function writeRecord(out: ByteWriter, record: ResourceRecord, names: NameTable): void {
  writeName(out, record.name, names);
  out.u16(record.type).u16(record.class).u32(record.ttl).u16(0);
  const start = out.length;
  writeRData(out, record.data, names);
  assert(out.length - start <= 0xffff, 'record data longer than 65535 bytes');
  out.setU16(start - 2, out.length - start);
}

/** Writes the data of one record. Without `names` nothing is compressed, as DNSSEC and comparisons want it. */
export function writeRData(out: ByteWriter, data: RData, names?: NameTable): void {
  switch (data.kind) {
    case 'A':
      out.put(addressBytes(parseIpv4(data.address), data.address));
      break;
    case 'AAAA':
      out.put(addressBytes(parseIpv6(data.address), data.address));
      break;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      writeName(out, data.target, names);
      break;
    case 'MX':
      out.u16(data.preference);
      writeName(out, data.exchange, names);
      break;
    case 'TXT':
      for (const text of data.texts) writeCharacterString(out, text);
      break;
    case 'SRV':
      out.u16(data.priority).u16(data.weight).u16(data.port);
      // RFC 2782: the target is not compressed; RFC 3597 section 4 says so of every type after RFC 1035's.
      writeName(out, data.target);
      break;
    case 'SOA':
      writeName(out, data.primary, names);
      writeName(out, data.mailbox, names);
      out.u32(data.serial).u32(data.refresh).u32(data.retry).u32(data.expire).u32(data.minimum);
      break;
    case 'OPT':
      for (const option of data.options) out.u16(option.code).u16(option.data.length).put(option.data);
      break;
    case 'raw':
      out.put(data.bytes);
      break;
  }
}

function addressBytes(address: { bytes(): Uint8Array } | undefined, text: string): Uint8Array {
  assert(address, `${text} is not an address`);
  return address.bytes();
}

function writeCharacterString(out: ByteWriter, text: string): void {
  assert(text.length <= 255, 'character-string longer than 255 bytes');
  out.u8(text.length);
  for (let i = 0; i < text.length; i++) out.u8(text.charCodeAt(i) & 255);
}
