/**
 * What Debian's dhclient-script does with a lease: the interface comes up, gets address, default route and MTU, and /etc/resolv.conf is
 * written; all of it is taken back when the lease ends.
 */
import type { LinkInfo } from '@netarium/core/syscall/netlink.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from '../lib/failure.ts';
import { writeFile } from '../lib/stdio.ts';
import { type Lease, PAST_THE_END_SECONDS, prefixLength } from './lease.ts';

const SECOND_NS = 1_000_000_000;

export async function findLink(sys: Sys, name: string): Promise<LinkInfo | undefined> {
  return (await sys.netlink({ get: 'links' })).find((link) => link.name === name);
}

export async function bringUp(sys: Sys, link: LinkInfo): Promise<void> {
  if (!link.up) await sys.netlink({ set: 'link', ifindex: link.ifindex, up: true });
}

function addressText(lease: Lease): string {
  return `${lease.address}/${prefixLength(lease.subnetMask) ?? 32}`;
}

export async function applyLease(sys: Sys, ifindex: number, lease: Lease): Promise<void> {
  if (lease.mtu !== undefined) await unless(sys.netlink({ set: 'link', ifindex, mtu: lease.mtu }), 'EINVAL');
  await sys.netlink({
    add: 'address',
    ifindex,
    address: addressText(lease),
    ...(lease.broadcast === undefined ? {} : { broadcast: lease.broadcast }),
    ...(lease.leaseSeconds < PAST_THE_END_SECONDS ? { validNs: lease.leaseSeconds * SECOND_NS } : {}),
    replace: true,
  });
  const [gateway] = lease.routers;
  // A router outside of the subnet cannot be reached; dhclient-script goes on without a route too.
  if (gateway !== undefined)
    await unless(
      sys.netlink({ add: 'route', destination: 'default', gateway, ifindex, protocol: 'boot', replace: true }),
      'ENETUNREACH',
      'EHOSTUNREACH',
      'EINVAL',
    );
  if (lease.nameServers.length > 0) await writeFile(sys, '/etc/resolv.conf', resolvConf(lease));
}

export async function removeLease(sys: Sys, ifindex: number, lease: Lease): Promise<void> {
  const [gateway] = lease.routers;
  if (gateway !== undefined)
    await unless(sys.netlink({ delete: 'route', destination: 'default', gateway, ifindex }), 'ESRCH', 'ENETUNREACH');
  // The kernel takes an address away itself when its lifetime has passed.
  await unless(sys.netlink({ delete: 'address', ifindex, address: addressText(lease) }), 'EADDRNOTAVAIL');
}

/** As make_resolv_conf of Debian's script writes it. */
export function resolvConf(lease: Lease): string {
  const domain = lease.domainName?.trim() ?? '';
  const lines = domain === '' ? [] : [`domain ${domain.split(/\s+/)[0]}`, `search ${domain}`];
  return [...lines, ...lease.nameServers.map((address) => `nameserver ${address}`)].map((line) => `${line}\n`).join('');
}
