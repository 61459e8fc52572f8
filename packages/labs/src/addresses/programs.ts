/** Programs of the lab: a classifier by leading bits, a test for private addresses, a sender of random probes, a listener to a group. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';

const say = (sys: Sys, line: string): Promise<number> => sys.write(1, encodeUtf8(`${line}\n`));

/** The class that the leading bits of the first octet say (RFC 791 section 3.2, RFC 1112 section 4). */
function classOf(octet: number): string {
  if ((octet & 0x80) === 0) return 'A';
  if ((octet & 0xc0) === 0x80) return 'B';
  if ((octet & 0xe0) === 0xc0) return 'C';
  return (octet & 0xf0) === 0xe0 ? 'D' : 'E';
}

/** classify: prints every first octet with its class. */
export const classify: Program = async (sys) => {
  for (let octet = 0; octet < 256; octet++) await say(sys, `${octet} ${classOf(octet)}`);
  return 0;
};

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

/** The prefix calculator: are the first bits the same? Done on strings of bits, not as the stack does it. */
export function inPrefix(address: string, prefix: string, addLength = 0): boolean {
  const [network, length] = prefix.split('/');
  const count = Math.min(32, Number(length) + addLength);
  return bits(address).slice(0, count) === bits(network!).slice(0, count);
}

/** is-private ADDRESS... : prints each address and whether it lies in one of the prefixes of the file /etc/private. */
export const isPrivate: Program = async (sys, argv) => {
  const fd = await sys.open('/etc/private', { read: true });
  const prefixes = decodeUtf8(await sys.read(fd, 4096))
    .trim()
    .split(/\s+/);
  await sys.close(fd);
  for (const address of argv.slice(1)) {
    await say(sys, `${address} ${prefixes.some((prefix) => inPrefix(address, prefix)) ? 'private' : 'public'}`);
  }
  return 0;
};

/** An address of four random bytes that a host may send to: neither 0/8 nor 127/8, and below the groups. */
function unicast(bytes: Uint8Array): string {
  const first = (bytes[0]! % 222) + 1;
  return [first === 127 ? 126 : first, bytes[1], bytes[2], bytes[3]].join('.');
}

function maskedText(address: string, length: number): string {
  const kept = bits(address).slice(0, length).padEnd(32, '0');
  return `${[0, 8, 16, 24].map((at) => Number.parseInt(kept.slice(at, at + 8), 2)).join('.')}/${length}`;
}

/**
 * probe COUNT: COUNT times, routes a random prefix to the second card's neighbour, sends one datagram to a random address that shares some of the
 * prefix's bits, and takes the route away. Prints address and prefix.
 */
export const probe: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'dgram');
  for (let i = 0; i < Number(argv[1]); i++) {
    const random = await sys.getrandom(10);
    const length = 8 + (random[8]! % 23);
    const base = unicast(random);
    const prefix = maskedText(base, length);
    // Half of the addresses differ from the base only in their last bits, so that both answers are common.
    const same = random[9]! % 33;
    const other = bits(unicast(random.subarray(4)));
    const mixed = bits(base).slice(0, same) + other.slice(same);
    const address = [0, 8, 16, 24].map((at) => Number.parseInt(mixed.slice(at, at + 8), 2)).join('.');
    if (
      /^(0|10|127)\./.test(address) ||
      Number(address.split('.')[0]) > 223 ||
      prefix.startsWith('0.') ||
      prefix.startsWith('127.')
    ) {
      i--;
      continue;
    }
    await sys.netlink({ add: 'route', destination: prefix, gateway: '10.0.2.1' });
    await sys.sendto(fd, encodeUtf8(`${i}`), { family: 'inet', address, port: 9 });
    await sys.netlink({ delete: 'route', destination: prefix, gateway: '10.0.2.1' });
    await say(sys, `${address} ${prefix}`);
  }
  return 0;
};

/** group-listener GROUP JOIN: waits for one datagram to port 5000, as a member of the group where JOIN is yes. */
export const groupListener: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: 5000 });
  if (argv[2] === 'yes') await sys.setsockopt(fd, 'ip', 'IP_ADD_MEMBERSHIP', { group: argv[1]!, interface: 'eth0' });
  await say(sys, decodeUtf8(await sys.recv(fd, 100)));
  return 0;
};

/** send-to ADDRESS PORT TEXT: one datagram. Prints the errno where there is one. */
export const sendTo: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'dgram');
  try {
    await sys.sendto(fd, encodeUtf8(argv[3] ?? ''), { family: 'inet', address: argv[1]!, port: Number(argv[2]) });
    await say(sys, 'sent');
  } catch (error) {
    await say(sys, (error as { code?: string }).code ?? String(error));
  }
  return 0;
};
