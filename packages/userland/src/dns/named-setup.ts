/** From configuration and zone files to what a name server needs; errors in the words of BIND's `named`, with file and line. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { type DnsName, nameKey, parseName } from '@netarium/core/wire/dns-name.ts';
import { errorText } from '../lib/failure.ts';
import { isProblem } from '../lib/statements.ts';
import { readText } from '../lib/stdio.ts';
import { DnsCache } from './cache.ts';
import type { ServerData } from './name-server.ts';
import { type NamedConfig, parseNamedConf, type ZoneConfig } from './named-conf.ts';
import { Recursor } from './recursor.ts';
import { ServerTable } from './servers.ts';
import { buildZone, type Zone } from './zone.ts';
import { parseZoneFile, type ZoneRecord } from './zone-file.ts';

export class SetupError extends Error {}

type Log = (text: string) => Promise<void>;

export async function readConfig(sys: Sys, path: string): Promise<NamedConfig> {
  let text: string;
  try {
    text = await readText(sys, path);
  } catch (error) {
    throw new SetupError(`open: ${path}: ${errorText(error)}`);
  }
  const config = parseNamedConf(text);
  if (isProblem(config)) throw new SetupError(`${path}:${config.line}: ${config.text}`);
  return config;
}

/** What is common around the name of a zone's file: `db.shop.test`, `shop.test.zone`, `shop.test.db`, `shop.test`. */
const ZONE_FILE = /^(?:db\.)?(.+?)(?:\.(?:zone|db))?$/;

/** A directory of zone files in place of a configuration: an authoritative server for just these, named after their files. */
export async function readZoneFolder(sys: Sys, folder: string): Promise<NamedConfig> {
  const config = parseNamedConf('options { recursion no; };');
  if (isProblem(config)) throw new SetupError(config.text);
  let names: readonly string[];
  try {
    const entries = (await sys.readdir(folder)).filter(
      ({ name, type }) => type !== 'directory' && !name.startsWith('.'),
    );
    names = entries.map(({ name }) => name).sort();
  } catch (error) {
    throw new SetupError(`${folder}: ${errorText(error)}`);
  }
  const zones = names.map((file): ZoneConfig => {
    const name = parseName(ZONE_FILE.exec(file)![1]!);
    if (name === undefined) throw new SetupError(`${folder}/${file}: the file's name is not that of a zone`);
    return { name, type: 'primary', file, line: 1 };
  });
  for (const [i, zone] of zones.entries()) {
    const twin = zones.findIndex((one) => nameKey(one.name) === nameKey(zone.name));
    if (twin < i) throw new SetupError(`${folder}/${zone.file}: ${folder}/${zones[twin]!.file} has this zone already`);
  }
  if (zones.length === 0) throw new SetupError(`${folder}: no zone files in it`);
  return { ...config, directory: folder, zones };
}

async function readRecords(sys: Sys, config: NamedConfig, zone: ZoneConfig, log: Log): Promise<readonly ZoneRecord[]> {
  const path = pathOf(config, zone);
  let text: string;
  try {
    text = await readText(sys, path);
  } catch (error) {
    throw new SetupError(`zone ${label(zone)}/IN: loading from master file ${path} failed: ${errorText(error)}`);
  }
  const parsed = parseZoneFile(text, zone.name);
  if (!parsed.ok) throw new SetupError(`${path}:${parsed.problem.line}: ${parsed.problem.text}`);
  for (const warning of parsed.warnings) await log(`${path}:${warning.line}: ${warning.text}`);
  return parsed.records;
}

async function loadZone(sys: Sys, config: NamedConfig, zone: ZoneConfig, log: Log): Promise<Zone> {
  const built = buildZone(zone.name, await readRecords(sys, config, zone, log));
  if (!built.ok) throw new SetupError(`${pathOf(config, zone)}:${built.line}: ${built.text}`);
  for (const { line, text } of built.warnings) await log(`${pathOf(config, zone)}:${line}: ${text}`);
  await log(`zone ${label(zone)}/IN: loaded serial ${built.zone.soa.serial}`);
  return built.zone;
}

/** Names of the root's servers with their addresses. */
async function loadHints(sys: Sys, config: NamedConfig, log: Log): Promise<ReadonlyMap<DnsName, readonly string[]>> {
  const zone = config.zones.find((one) => one.type === 'hint');
  const hints = new Map<DnsName, string[]>();
  if (!zone) return hints;
  const records = await readRecords(sys, config, zone, log);
  for (const { name, data } of records) if (data.kind === 'NS' && name === '.') hints.set(data.target, []);
  for (const { name, data } of records) {
    if (data.kind !== 'A') continue;
    for (const [server, addresses] of hints) if (nameKey(server) === nameKey(name)) addresses.push(data.address);
  }
  if (hints.size === 0) throw new SetupError(`${pathOf(config, zone)}: no NS records of '.' in the hints`);
  return hints;
}

/** Zones that fail to load are an error of the whole: a lab with half its names would only confuse. */
export async function loadData(sys: Sys, config: NamedConfig, log: Log): Promise<ServerData> {
  const zones = new Map<string, Zone>();
  for (const zone of config.zones)
    if (zone.type === 'primary') zones.set(nameKey(zone.name), await loadZone(sys, config, zone, log));
  const hints = await loadHints(sys, config, log);
  const { recursion, forwarders, forwardOnly } = config;
  const world = { cache: new DnsCache(), servers: new ServerTable(), hints, forwarders, forwardOnly };
  return { config, zones, recursor: recursion ? new Recursor(world, zones) : undefined };
}

function pathOf(config: NamedConfig, zone: ZoneConfig): string {
  return zone.file.startsWith('/') ? zone.file : `${config.directory.replace(/\/+$/, '')}/${zone.file}`;
}

function label(zone: ZoneConfig): string {
  return zone.name === '.' ? '.' : zone.name.slice(0, -1);
}
