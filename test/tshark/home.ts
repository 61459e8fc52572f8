/** What tshark and sharkd find at home: our preferences, and no protocol but ours. No configuration of the user's may change what is printed. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Checksums are checked, and each frame is dissected alone: our packet tree does not put segments and fragments together either. */
const PREFERENCES = `ip.check_checksum:TRUE
tcp.check_checksum:TRUE
udp.check_checksum:TRUE
ip.defragment:FALSE
tcp.desegment_tcp_streams:FALSE
http.desegment_headers:FALSE
http.desegment_body:FALSE
nameres.network_name:FALSE
nameres.mac_name:FALSE
nameres.transport_name:FALSE
gui.column.format: "Protocol","%p","Info","%i"
`;

/**
 * What our packet tree knows, and what carries it. tshark's other dissectors go by port or by what a payload looks like and would take our
 * test patterns for theirs, so they are switched off.
 */
const OURS: ReadonlySet<string> = new Set(
  'frame eth ethertype vlan llc arp ip icmp igmp tcp udp dns dhcp snmp http echo data data-text-lines media image-gif image-jfif png pkt_comment'.split(
    ' ',
  ),
);

export interface Environment extends NodeJS.ProcessEnv {
  readonly HOME: string;
}

let made: Promise<Environment> | undefined;

/** One home for all runs of this process. */
export function environment(): Promise<Environment> {
  return (made ??= make());
}

async function make(): Promise<Environment> {
  const home = await mkdtemp(join(tmpdir(), 'netarium-tshark-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const path = process.env.PATH ?? '';
  // All plugins are protocols of others or statistics: a folder without them saves a part of each start.
  const env = { PATH: path, HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC', WIRESHARK_PLUGIN_DIR: home };
  const folder = join(home, '.config/wireshark');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'disabled_protos'), `${(await otherProtocols(env)).join('\n')}\n`);
  await writeFile(join(folder, 'preferences'), PREFERENCES);
  return env;
}

/** Names of all protocols that could be switched off, but ours. */
async function otherProtocols(env: Environment): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('tshark', ['-G', 'protocols'], { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const name = line.split('\t')[2];
    return name === undefined || name.startsWith('_ws') || OURS.has(name) ? [] : [name];
  });
}
