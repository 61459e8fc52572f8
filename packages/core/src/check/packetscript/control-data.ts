/**
 * Ancillary data. What recvmsg(2) tells beside the data: msg_flags, the error queue's entries (IP_RECVERR, ip(7)) with their time stamps (SCM_TIMESTAMPING,
 * the kernel's networking/timestamping), TCP_CM_INQ, and what was asked for beside datagrams (SCM_TIMESTAMP, SCM_TIMESTAMPNS, IP_TTL, IP_TOS); a script that gives neither list is not asked. What sendmsg(2) is given: SO_TIMESTAMPING. Other kinds
 * are refused by name.
 */
import type { Received } from '../../socket/types.ts';
import { SECOND } from '../../time/instant.ts';
import type { Expression, Field } from './ast.ts';
import { NUMBERS } from './constants.ts';
import { CannotRun } from './problem.ts';
import { errnoNamed, member, namesOf, numberOf } from './values.ts';

/** By both of their names, as the kernel has one number for them. */
const STAMPS = new Map(
  ['TIMESTAMPING', 'TIMESTAMP', 'TIMESTAMPNS'].flatMap((name) => [
    [`SCM_${name}`, `SCM_${name}`],
    [`SO_${name}`, `SCM_${name}`],
  ]),
);

/** What a socket of datagrams tells beside them, in the kernel's order (udp_recvmsg). */
const ASKED: readonly (readonly [string, (outcome: Received, startNs: number) => ControlMessage])[] = [
  ['SO_TIMESTAMP', ({ atNs }, startNs) => stampMessage(atNs - startNs, 'SCM_TIMESTAMP')],
  ['SO_TIMESTAMPNS', ({ atNs }, startNs) => stampMessage(atNs - startNs, 'SCM_TIMESTAMPNS')],
  ['IP_PKTINFO', () => ({ kind: 'IP_PKTINFO', data: '' })],
  ['IP_RECVTTL', ({ ttl }) => ({ kind: 'IP_TTL', data: String(ttl) })],
  ['IP_RECVTOS', ({ tos }) => ({ kind: 'IP_TOS', data: String(tos) })],
];

type Difference = readonly [seen: string, wanted: string] | undefined;

/** `{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={…}}` as text, from the script and from the host. */
interface ControlMessage {
  readonly kind: string;
  readonly data: string;
  /** Of a time stamp, since the script began. */
  readonly atNs?: number;
}

/** When the script began on the host's clock, and how far a stamp may be off. */
export interface ScriptClock {
  readonly startNs: number;
  readonly toleranceNs: number;
}

/** What a call's control messages ask for, as flags of our calls. */
export function controlToSend(control: Expression | undefined): { stamping?: number } {
  if (control === undefined || control.kind === 'ellipsis') return {};
  if (control.kind !== 'list') throw new CannotRun(control.line, 'msg_control other than a list');
  const asked: { stamping?: number } = {};
  for (const item of control.items) {
    const [kind, data] = kindAndData(item);
    if (kind !== 'SO_TIMESTAMPING') throw new CannotRun(item.line, `ancillary data to send of the type ${kind}`);
    asked.stamping = numberOf(data);
  }
  return asked;
}

export function controlDiffers(
  message: Expression,
  outcome: Received,
  flags: Readonly<Record<string, boolean>>,
  clock: ScriptClock,
): Difference {
  return (
    flagsDiffer(member(message, 'msg_flags'), outcome, flags) ??
    listDiffers(member(message, 'msg_control'), outcome, clock)
  );
}

function flagsDiffer(
  wanted: Expression | undefined,
  outcome: Received,
  asked: Readonly<Record<string, boolean>>,
): Difference {
  if (wanted === undefined || wanted.kind === 'ellipsis') return undefined;
  const seen = [
    ['MSG_OOB', asked.oob === true],
    ['MSG_TRUNC', outcome.truncated],
    ['MSG_ERRQUEUE', outcome.error !== undefined],
  ] as const;
  const bits = seen.reduce((sum, [name, set]) => (set ? sum | NUMBERS.get(name)! : sum), 0);
  const expected = numberOf(wanted);
  return bits === expected ? undefined : [`msg_flags 0x${bits.toString(16)}`, `msg_flags 0x${expected.toString(16)}`];
}

function listDiffers(wanted: Expression | undefined, outcome: Received, clock: ScriptClock): Difference {
  if (wanted === undefined || wanted.kind === 'ellipsis') return undefined;
  if (wanted.kind !== 'list') throw new CannotRun(wanted.line, 'msg_control other than a list');
  const expected = wanted.items.map(messageOf);
  const seen = messagesOf(outcome, clock.startNs);
  if (seen.length === expected.length && seen.every((one, i) => isSame(one, expected[i]!, clock.toleranceNs)))
    return undefined;
  const [a, b] = [seen, expected].map((list) => list.map(({ kind, data }) => `${kind} ${data}`).join(' ') || 'none');
  return [`msg_control ${a}`, `msg_control ${b}`];
}

function isSame(a: ControlMessage, b: ControlMessage, toleranceNs: number): boolean {
  if (a.kind !== b.kind) return false;
  if (a.atNs === undefined || b.atNs === undefined) return a.data === b.data;
  return Math.abs(a.atNs - b.atNs) <= toleranceNs;
}

function kindAndData(item: Expression): readonly [kind: string, data: Expression] {
  const [level, type, data] = ['cmsg_level', 'cmsg_type', 'cmsg_data'].map((name) => member(item, name));
  if (level === undefined || type === undefined || data === undefined)
    throw new CannotRun(item.line, 'a control message without cmsg_level, cmsg_type and cmsg_data');
  return [namesOf(type).join('|'), data];
}

function messageOf(item: Expression): ControlMessage {
  const [kind, data] = kindAndData(item);
  const stamp = STAMPS.get(kind);
  if (stamp !== undefined) return stampMessage(stampNs(data), stamp);
  if (kind === 'IP_TTL' || kind === 'IP_TOS') return { kind, data: String(numberOf(data)) };
  if (kind === 'IP_RECVERR' && data.kind === 'struct') return { kind, data: data.fields.map(errorField).join(' ') };
  if (kind === 'TCP_CM_INQ' || kind === 'TCP_INQ') return { kind: 'TCP_CM_INQ', data: String(numberOf(data)) };
  throw new CannotRun(item.line, `ancillary data of the type ${kind}`);
}

/** `{scm_sec=0, scm_nsec=2000000}`, counted from the script's begin. */
function stampNs(data: Expression): number {
  const [seconds, ns] = [member(data, 'scm_sec'), member(data, 'scm_nsec')];
  if (seconds === undefined || ns === undefined) throw new CannotRun(data.line, 'a stamp without scm_sec and scm_nsec');
  return numberOf(seconds) * SECOND + numberOf(ns);
}

function stampMessage(atNs: number, kind = 'SCM_TIMESTAMPING'): ControlMessage {
  return { kind, data: `${atNs} ns`, atNs };
}

function errorField({ name, value }: Field): string {
  const errno = value.kind === 'name' ? errnoNamed(value.value) : undefined;
  return `${name}=${errno?.number ?? numberOf(value)}`;
}

function messagesOf(outcome: Received, startNs: number): ControlMessage[] {
  const { error, inQueue, stampNs, asked } = outcome;
  if (asked !== undefined)
    return ASKED.filter(([name]) => asked.includes(name)).map(([, tell]) => tell(outcome, startNs));
  if (inQueue !== undefined) return [{ kind: 'TCP_CM_INQ', data: String(inQueue) }];
  if (error === undefined) return [];
  const { origin, type, code, info, data } = error;
  const errno = errnoNamed(error.errno)?.number ?? 0;
  const fields = `ee_errno=${errno} ee_origin=${origin} ee_type=${type} ee_code=${code} ee_info=${info} ee_data=${data}`;
  const entry = { kind: 'IP_RECVERR', data: fields };
  return stampNs === undefined ? [entry] : [stampMessage(stampNs - startNs), entry];
}
