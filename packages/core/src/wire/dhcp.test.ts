import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../base/bytes.ts';
import { type DhcpMessage, encodeDhcp, optionAddress, optionNumber } from './dhcp.ts';
import { decodeDhcp } from './dhcp-decoder.ts';
import { DHCP_OPTION, type DhcpOption, dhcpTypeName, OPTION_SHAPES } from './dhcp-options.ts';

const MAX = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff } as const;
const latin = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((raw) => String.fromCharCode(...raw.map((byte) => byte || 1)));

/** An option of the shape that its code has; long ones become several on the wire. */
const optionOf = (code: number): fc.Arbitrary<DhcpOption> => {
  const shape = OPTION_SHAPES.get(code);
  switch (shape?.kind) {
    case 'address':
      return fc.ipV4().map((address) => ({ code, kind: 'address', address }));
    case 'addresses':
      return fc
        .array(fc.ipV4(), { minLength: 1, maxLength: 70 })
        .map((addresses) => ({ code, kind: 'addresses', addresses }));
    case 'number':
      return fc.integer({ min: 0, max: MAX[shape.size!] }).map((value) => ({ code, kind: 'number', value }));
    case 'text':
      return latin(300).map((text) => ({ code, kind: 'text', text }));
    case 'codes':
      return fc.array(fc.nat(255), { maxLength: 20 }).map((codes) => ({ code, kind: 'codes', codes }));
    default:
      return fc.uint8Array({ maxLength: 600 }).map((bytes) => ({ code, kind: 'raw', bytes }));
  }
};

const options = fc
  .uniqueArray(fc.integer({ min: 1, max: 254 }), { maxLength: 8 })
  .chain((codes) => fc.tuple(...codes.filter((code) => code !== DHCP_OPTION.OVERLOAD).map(optionOf)));
const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
const message: fc.Arbitrary<DhcpMessage> = fc.record({
  op: u8,
  htype: u8,
  hops: u8,
  xid: fc.integer({ min: 0, max: 0xffff_ffff }),
  secs: u16,
  flags: u16,
  ciaddr: fc.ipV4(),
  yiaddr: fc.ipV4(),
  siaddr: fc.ipV4(),
  giaddr: fc.ipV4(),
  chaddr: fc.uint8Array({ maxLength: 16 }),
  sname: latin(63),
  file: latin(127),
  options,
});

describe('codec', () => {
  it('gives back what it encoded', () => {
    fc.assert(
      fc.property(message, (value) => {
        const decoded = decodeDhcp(encodeDhcp(value));
        expect(decoded.problem).toBeUndefined();
        expect(decoded.message).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('ends without an exception on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.boolean(), (raw, cookie) => {
        if (cookie && raw.length >= 240) raw.set([99, 130, 83, 99], 236);
        const { layout } = decodeDhcp(raw);
        for (const one of [...layout.fields, ...layout.options]) expect(one.end).toBeLessThanOrEqual(raw.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('ends on messages with flipped bytes', () => {
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), (value, flips) => {
        const raw = encodeDhcp(value);
        for (const [at, byte] of flips) raw[240 + (at % (raw.length - 240))] = byte;
        decodeDhcp(raw);
      }),
      { numRuns: 500 },
    );
  });
});

const discover: DhcpMessage = {
  op: 1,
  htype: 1,
  hops: 0,
  xid: 0x3903f326,
  secs: 0,
  flags: 0,
  ciaddr: '0.0.0.0',
  yiaddr: '0.0.0.0',
  siaddr: '0.0.0.0',
  giaddr: '0.0.0.0',
  chaddr: fromHex('000b8201fc42')!,
  sname: '',
  file: '',
  options: [{ code: 53, kind: 'number', value: 1 }],
};

describe('layout and texts', () => {
  it('pads to the 300 bytes of BOOTP and says where each option stands', () => {
    const raw = encodeDhcp(discover);
    expect(raw.length).toBe(300);
    const { layout } = decodeDhcp(raw);
    expect(layout.fields.find((field) => field.name === 'chaddr')).toEqual({ name: 'chaddr', start: 28, end: 44 });
    expect(layout.options).toEqual([
      { code: 53, area: 'options', start: 240, end: 243 },
      { code: 255, area: 'options', start: 243, end: 244 },
    ]);
  });

  it('reads options from file and sname when option 52 says so', () => {
    const raw = encodeDhcp({ ...discover, options: [] });
    raw.set([52, 1, 3, 53, 1, 2, 255], 240);
    raw.set([51, 4, 0, 0, 14, 16, 255], 108);
    raw.set([54, 4, 10, 0, 0, 1, 255], 44);
    const { message: read, layout, problem } = decodeDhcp(raw);
    expect(problem).toBeUndefined();
    expect(optionNumber(read, DHCP_OPTION.LEASE_TIME)).toBe(3600);
    expect(optionAddress(read, DHCP_OPTION.SERVER_ID)).toBe('10.0.0.1');
    expect([read.sname, read.file]).toEqual(['', '']);
    expect(layout.options.map((one) => `${one.area}:${one.code}`)).toEqual([
      'options:52',
      'options:53',
      'options:255',
      'file:51',
      'file:255',
      'sname:54',
      'sname:255',
    ]);
  });

  it('names what is wrong', () => {
    const raw = encodeDhcp(discover);
    expect(decodeDhcp(raw.subarray(0, 200)).problem?.code).toBe('short');
    expect(decodeDhcp(Uint8Array.from(raw, (byte, i) => (i === 236 ? 0 : byte))).problem?.code).toBe('no-cookie');
    expect(decodeDhcp(Uint8Array.from(raw, (byte, i) => (i === 2 ? 17 : byte))).problem?.code).toBe('bad-hlen');
    expect(decodeDhcp(Uint8Array.from(raw, (byte, i) => (i === 241 ? 200 : byte))).problem?.code).toBe('short-option');
    expect(decodeDhcp(Uint8Array.from(raw, (byte, i) => (i === 241 ? 2 : byte))).problem?.code).toBe('bad-option');
    expect(dhcpTypeName(1)).toBe('DHCPDISCOVER');
    expect(dhcpTypeName(99)).toBe('type 99');
  });
});
