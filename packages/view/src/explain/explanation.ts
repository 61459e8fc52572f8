/**
 * What the page explains when it is asked: an event, a timer, a curve, what a thread does, a field of a packet, a part of a machine. An identifier names it, so
 * that an address can; the sentences hold the values at that instant, the meaning of the state or number, and where it is written.
 */
import type { Text } from '@netarium/core/check/lab.ts';
import { formatDuration, formatInstant } from '@netarium/core/time/instant.ts';
import { ALL_FIELDS } from '@netarium/core/wire/fields.ts';
import type { Dissection } from '@netarium/core/wire/tree.ts';
import type { TimerBar } from '../ladder/timers.ts';
import { stretchAt, waitText } from '../lanes/lanes.ts';
import { nodeNamed } from '../packets/answers.ts';
import { PLOT_KINDS, type PlotKind, valueAt, valueText } from '../plot/plot.ts';
import type { Recording } from '../recording/recording.ts';
import { above } from '../timeline/timeline.ts';
import type { Explained } from './drop-reasons.ts';
import { explain } from './explain.ts';
import { explainField } from './fields.ts';
import { explainTerm } from './terms.ts';

export interface Explanation {
  /** What it is about: an instant and a machine, a connection, a field. */
  readonly about: Text;
  /** With the values first, then what they mean. */
  readonly lines: readonly Explained[];
}

export interface Look {
  readonly atNs: number;
  /** The chosen packet's. */
  readonly dissection: Dissection | undefined;
}

const same = (text: string): Text => ({ en: text, zh: text });
const plain = (en: string, zh: string): Explained => ({ text: { en, zh }, rule: '' });

/** Undefined for what this recording does not have. */
export function explanationOf(recording: Recording, id: string, look: Look): Explanation | undefined {
  const found = sought(recording, id, look);
  if (found === undefined) return undefined;
  // One rule for two sentences stands below the second.
  const lines = found.lines.map((line, i) => (found.lines[i + 1]?.rule === line.rule ? { ...line, rule: '' } : line));
  return { ...found, lines };
}

function sought(recording: Recording, id: string, look: Look): Explanation | undefined {
  const dot = id.indexOf('.');
  const [kind, rest] = [id.slice(0, dot), id.slice(dot + 1)];
  switch (kind) {
    case 'event':
      return ofEvent(recording, Number(rest));
    case 'timer':
      return ofTimer(recording.ladder.timers[Number(rest)]);
    case 'curve':
      return ofCurve(recording, rest, look.atNs);
    case 'lane':
      return ofLane(recording, Number(rest), look.atNs);
    case 'by':
      return ofEvent(recording, originOf(recording, rest, look.atNs));
    case 'field':
      return ofField(rest, look.dissection);
    case 'machine': {
      const meaning = explainTerm(id);
      return meaning === undefined ? undefined : { about: same(''), lines: [meaning] };
    }
    default:
      return undefined;
  }
}

function meanings(...ids: readonly string[]): Explained[] {
  return ids.map(explainTerm).filter((each) => each !== undefined);
}

function ofEvent({ events, kinds, hosts }: Recording, index: number): Explanation | undefined {
  if (!(index >= 0 && index < events.atNs.length && Number.isInteger(index))) return undefined;
  const values = events.values.at(index);
  const kind = kinds[events.kind[index]!]!;
  const about = `${formatInstant(events.atNs[index]!)} s · ${hosts[events.host[index]!]} · ${kind}`;
  const state =
    kind === 'tcp.state' ? [`tcp.${values.to}`] : kind === 'neighbour.state' ? [`neighbour.${values.to}`] : [];
  return { about: same(about), lines: [explain(kind, values), ...meanings(...state)] };
}

function ofTimer(bar: TimerBar | undefined): Explanation | undefined {
  if (bar === undefined) return undefined;
  const { host, local, peer, timer, fromNs, setNs, restarts, untilNs, endNs, end } = bar;
  const [from, set] = [formatInstant(fromNs), formatInstant(setNs)];
  const [delay, ran] = [formatDuration(untilNs - setNs), formatDuration(endNs - fromNs)];
  const again =
    restarts === 0
      ? ['', '']
      : restarts === 1
        ? [`, once more at ${set} s`, `，在 ${set} s 又重设一次`]
        : [`, ${restarts} times more, last at ${set} s`, `，又重设 ${restarts} 次，最后在 ${set} s`];
  const ends = {
    expired: [`It expired after ${ran}.`, `运行 ${ran} 后到期。`],
    stopped: [`It was stopped after ${ran}.`, `运行 ${ran} 后被停止。`],
    running: ['It still ran when the run ended.', '运行结束时它仍在计时。'],
  }[end];
  return {
    about: same(`${host} · ${local} → ${peer}`),
    lines: [
      plain(
        `Set at ${from} s${again[0]}, to expire ${delay} later. ${ends[0]}`,
        `在 ${from} s 设置${again[1]}，定于 ${delay} 之后到期。${ends[1]}`,
      ),
      ...meanings(`timer.${timer}`),
    ],
  };
}

function ofCurve({ plots }: Recording, kind: string, atNs: number): Explanation | undefined {
  // The diagram says its values itself; of all connections they would be too many.
  if (kind === 'sequence') return { about: same(`${formatInstant(atNs)} s`), lines: meanings('curve.sequence') };
  if (!PLOT_KINDS.includes(kind as PlotKind)) return undefined;
  const values = plots[kind as PlotKind].map((curve) => {
    const value = valueAt(curve, atNs);
    return `${curve.name}: ${value === undefined ? '–' : valueText(value)}`;
  });
  return {
    about: same(`${formatInstant(atNs)} s`),
    lines: [plain(values.join('; '), values.join('；')), ...meanings(`curve.${kind}`)],
  };
}

function ofLane({ lanes }: Recording, index: number, atNs: number): Explanation | undefined {
  const lane = lanes.lanes[index];
  const now = lane === undefined ? undefined : stretchAt(lane, atNs);
  if (lane === undefined || now === undefined) return undefined;
  const { state, fromNs, toNs } = now;
  const [since, length] = [formatInstant(fromNs), formatDuration(toNs - fromNs)];
  const waits = waitText(lanes, lane, now);
  return {
    about: same(lane.name),
    lines: [
      plain(
        `Since ${since} s, ${length} in all${waits === '' ? '' : `: ${waits}`}.`,
        `从 ${since} s 起，共 ${length}${waits === '' ? '' : `：${waits}`}。`,
      ),
      ...meanings(`lane.${state}`),
    ],
  };
}

function ofField(name: string, dissection: Dissection | undefined): Explanation | undefined {
  const field = ALL_FIELDS.get(name);
  const meaning = explainField(name);
  if (field === undefined || meaning === undefined) return undefined;
  const node = dissection === undefined ? undefined : nodeNamed(dissection.nodes, name);
  const said = node === undefined ? [] : [plain(node.text('en'), node.text('zh'))];
  return { about: same(name), lines: [...said, meaning] };
}

/**
 * The last event up to an instant that made a state: `web tcp.state socket=12` is the one of that kind, on that machine, with that value; -1 where nothing
 * did.
 */
function originOf({ events, kinds, hosts }: Recording, what: string, atNs: number): number {
  const [host = '', kind = '', ...pairs] = what.split(' ');
  const wanted = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  const [kindNumber, hostNumber] = [kinds.indexOf(kind), hosts.indexOf(host)];
  for (let i = above(events.atNs, atNs) - 1; i >= 0; i--) {
    if (events.kind[i] !== kindNumber || events.host[i] !== hostNumber) continue;
    const values = events.values.at(i);
    if (wanted.every(([name, value]) => String(values[name]) === value)) return i;
  }
  return -1;
}
