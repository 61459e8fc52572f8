/**
 * A server's leases: which client holds which address until when, and their file in the form of ISC dhcpd's dhcpd.leases(5). Times are whole
 * seconds since the epoch. Pure.
 */
import { parseIpv4, parseMac } from '@netarium/core/base/address.ts';
import { isProblem, parseStatements, type Statement } from '../lib/statements.ts';
import { leaseTime, parseLeaseTime } from './lease.ts';

/** `offered` is not in the file: an address promised to a client that has not yet taken it. */
export type LeaseState = 'offered' | 'active' | 'free' | 'abandoned';

export interface ServerLease {
  readonly address: string;
  /** Client identifier as hex, or the MAC address (RFC 2131 section 4.2). */
  readonly client: string;
  readonly mac: string;
  readonly hostname: string | undefined;
  readonly state: LeaseState;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** How long an offer is kept, and how long an address that a client declined is left alone. */
export const OFFER_SECONDS = 120;
const ABANDONED_SECONDS = 86_400;

export class LeaseTable {
  private readonly leases = new Map<string, ServerLease>();

  constructor(leases: Iterable<ServerLease> = []) {
    for (const lease of leases) this.leases.set(lease.address, lease);
  }

  all(): readonly ServerLease[] {
    return [...this.leases.values()];
  }

  get(address: string): ServerLease | undefined {
    return this.leases.get(address);
  }

  /** The lease that a client holds or last held. */
  ofClient(client: string): ServerLease | undefined {
    return this.all().findLast((lease) => lease.client === client && lease.state !== 'abandoned');
  }

  /** True where nobody else has a claim on the address now. */
  isFreeFor(address: string, client: string, nowS: number): boolean {
    const lease = this.leases.get(address);
    if (!lease || lease.endsAt <= nowS || lease.state === 'free') return true;
    return lease.client === client && lease.state !== 'abandoned';
  }

  set(lease: ServerLease): void {
    // The newest claim of a client is the last in the map.
    this.leases.delete(lease.address);
    this.leases.set(lease.address, lease);
  }

  release(address: string, client: string, nowS: number): boolean {
    const lease = this.leases.get(address);
    if (lease?.client !== client || lease.state !== 'active') return false;
    this.set({ ...lease, state: 'free', endsAt: nowS });
    return true;
  }

  abandon(address: string, client: string, nowS: number): boolean {
    const lease = this.leases.get(address);
    if (lease?.client !== client) return false;
    this.set({ ...lease, state: 'abandoned', startsAt: nowS, endsAt: nowS + ABANDONED_SECONDS });
    return true;
  }

  /** An offer that the client turned down in favour of another server's. */
  withdraw(client: string): void {
    for (const lease of this.all())
      if (lease.client === client && lease.state === 'offered') this.leases.delete(lease.address);
  }
}

export function leasesText(table: LeaseTable, nowS: number): string {
  const stored = table.all().filter((lease) => lease.state !== 'offered');
  return stored.map((lease) => leaseBlock(lease, nowS)).join('');
}

function leaseBlock(lease: ServerLease, nowS: number): string {
  const state = lease.state === 'active' && lease.endsAt <= nowS ? 'expired' : lease.state;
  const lines = [
    `starts ${leaseTime(lease.startsAt)}`,
    `ends ${leaseTime(lease.endsAt)}`,
    `binding state ${state}`,
    `hardware ethernet ${lease.mac}`,
  ];
  if (lease.client !== lease.mac) lines.push(`uid "${lease.client}"`);
  if (lease.hostname !== undefined) lines.push(`client-hostname "${lease.hostname.replace(/["\\\n]/g, '')}"`);
  return `lease ${lease.address} {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
}

const SYNTAX = { semicolonAfterBlock: false, cComments: false, commas: true } as const;

function parsedLease(statement: Statement): ServerLease | undefined {
  const address = statement.words[1]?.text ?? '';
  const values = new Map<string, readonly string[]>();
  for (const { words } of statement.block ?? [])
    values.set(
      words[0]?.text ?? '',
      words.slice(1).map((word) => word.text),
    );
  const time = (name: string) => parseLeaseTime(values.get(name)?.[1], values.get(name)?.[2]);
  const [startsAt, endsAt] = [time('starts'), time('ends')];
  const mac = parseMac(values.get('hardware')?.[1] ?? '')?.toString();
  if (!parseIpv4(address) || startsAt === undefined || endsAt === undefined || mac === undefined) return undefined;
  const state = values.get('binding')?.[1];
  return {
    address,
    mac,
    client: values.get('uid')?.[0] ?? mac,
    hostname: values.get('client-hostname')?.[0],
    state: state === 'active' || state === 'abandoned' ? state : 'free',
    startsAt,
    endsAt,
  };
}

/** The table that a file holds: of several entries for an address the last counts. A text is what is wrong with the file. */
export function parseLeaseTable(text: string): LeaseTable | string {
  const statements = parseStatements(text, SYNTAX);
  if (isProblem(statements)) return `${statements.line}: ${statements.text}`;
  const leases: ServerLease[] = [];
  for (const statement of statements) {
    const lease = statement.words[0]?.text === 'lease' ? parsedLease(statement) : undefined;
    if (!lease) return `${statement.line}: corrupt lease`;
    leases.push(lease);
  }
  return new LeaseTable(leases);
}
