/** Host names of URLs to addresses, as the C library would look them up. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { resolveHost } from '../../lib/resolver.ts';

/** The addresses of a host in the order to try them; undefined when it has none. */
export async function lookupHost(sys: Sys, name: string): Promise<readonly string[] | undefined> {
  if (parseIpv4(name)) return [name];
  const found = await resolveHost(sys, name);
  return found.kind === 'found' ? found.addresses : undefined;
}
