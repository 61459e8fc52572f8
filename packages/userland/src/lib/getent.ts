/** getent(1): asks the name services as programs do. Databases: hosts, ahosts, ahostsv4. Exit codes are glibc's: 1 usage, 2 not found. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { withHelp } from './help.ts';
import { type ProgramOptions, parseOptions, UsageError, unsupported } from './options.ts';
import { readHosts } from './resolv-conf.ts';
import { resolveAddress, resolveHost } from './resolver.ts';
import { print, printError } from './stdio.ts';

export const options: ProgramOptions = { name: 'getent', usage: 'getent database [key ...]', options: [] };

const NOT_FOUND = 2;

/** Address, padded to where the names begin. */
function line(address: string, names: readonly string[]): string {
  return `${address.padEnd(15)} ${names.join(' ')}\n`;
}

async function hosts(sys: Sys, key: string): Promise<string | undefined> {
  if (parseIpv4(key)) {
    const entry = (await readHosts(sys)).find((one) => one.address === key);
    if (entry) return line(key, [entry.name, ...entry.aliases]);
    const name = await resolveAddress(sys, key);
    return name === undefined ? undefined : line(key, [name]);
  }
  const found = await resolveHost(sys, key);
  if (found.kind === 'error') return undefined;
  return found.addresses.map((address) => line(address, [found.canonicalName, ...found.aliases])).join('');
}

async function ahosts(sys: Sys, key: string): Promise<string | undefined> {
  const found = await resolveHost(sys, key);
  if (found.kind === 'error') return undefined;
  const rows = found.addresses.flatMap((address) => ['STREAM', 'DGRAM', 'RAW'].map((type) => [address, type] as const));
  return rows
    .map(([address, type], i) => `${address.padEnd(15)} ${type.padEnd(6)} ${i === 0 ? found.canonicalName : ''}\n`)
    .join('');
}

async function allHosts(sys: Sys): Promise<string> {
  return (await readHosts(sys)).map((entry) => line(entry.address, [entry.name, ...entry.aliases])).join('');
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    const [database, ...keys] = parseOptions(options, argv.slice(1)).operands;
    if (database === undefined) throw new UsageError('getent: wrong number of arguments');
    const lookUp = database === 'hosts' ? hosts : database === 'ahosts' || database === 'ahostsv4' ? ahosts : undefined;
    if (!lookUp) throw new UsageError(unsupported('getent', database));
    if (keys.length === 0) {
      await print(sys, await allHosts(sys));
      return 0;
    }
    let code = 0;
    for (const key of keys) {
      const text = await lookUp(sys, key);
      if (text === undefined) code = NOT_FOUND;
      else await print(sys, text);
    }
    return code;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await printError(sys, `${error.message}\nUsage: ${options.usage}\n`);
    return 1;
  }
});
