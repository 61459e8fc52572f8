/**
 * The checks of a lab in YAML: each looks at one thing, packets that were seen or what a named command did. They are judged when a step says so,
 * otherwise at the end of the steps.
 */
import type { LabContext, Observation, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { nearest } from '@netarium/core/check/lab-problem.ts';
import {
  aText,
  either,
  isMap,
  keyed,
  orParam,
  type Place,
  quote,
  type Shape,
  wholeIn,
} from '@netarium/core/check/shape.ts';
import { duration } from '@netarium/core/check/topology-shape.ts';
import { parseDuration } from '@netarium/core/time/instant.ts';
import type { StepRun } from './yaml-steps.ts';
import { aWord } from './yaml-text.ts';

type Dictionary = Readonly<Record<string, unknown>>;

const text = orParam(aWord);
const amount = orParam(wholeIn(0, 1_000_000_000));
const count = either(
  (value) => isMap(value) && !Object.hasOwn(value, 'param'),
  keyed({ min: amount, max: amount }),
  amount,
);
const output = { is: text, contains: text, lacks: text };

/** What a check can look at, and the words beside it. */
const OBSERVATIONS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  seen: { seen: text, on: aText, count, after: duration, before: duration },
  stdout: { stdout: aText, ...output },
  stderr: { stderr: aText, ...output },
  status: { status: aText, is: orParam(wholeIn(0, 255)) },
  took: { took: aText, min: duration, max: duration },
};

/** Keys of a check that are no observation. */
export const CHECK_KEYS = ['text', 'row', 'clause', 'claim'];

export function checkObservation(observation: Dictionary, commands: ReadonlySet<string>, place: Place): void {
  const kind = Object.keys(OBSERVATIONS).find((key) => Object.hasOwn(observation, key));
  if (kind === undefined) {
    const all = Object.keys(OBSERVATIONS);
    const [key] = Object.keys(observation);
    if (key === undefined) place.report('no-observation', { allowed: all.join(', ') });
    else
      place.at(key).report('unknown-key', {
        key: quote(key),
        nearest: nearest(key, all) ?? '',
        allowed: [...all, ...CHECK_KEYS].join(', '),
      });
    return;
  }
  keyed(OBSERVATIONS[kind]!)(observation, place);
  const command = observation[kind];
  if (kind === 'seen' || typeof command !== 'string' || commands.has(command)) return;
  place.at(kind).report('no-such-step', {
    name: quote(command),
    nearest: nearest(command, commands) ?? '',
    known: [...commands].join(', '),
  });
}

export function observe(observation: Dictionary, context: LabContext, run: StepRun): Observation {
  const value = (key: string): unknown => {
    const written = observation[key];
    return isMap(written) && typeof written.param === 'string' ? context.params[written.param] : written;
  };
  if (observation.seen !== undefined) return packets(observation, value, context);
  const [kind, name] = Object.entries(observation).find(([key]) => Object.hasOwn(OBSERVATIONS, key)) as [
    string,
    string,
  ];
  const running = run.running.get(name);
  if (running === undefined) return { met: undefined, saw: `${name}: not started` };
  if (kind === 'stdout' || kind === 'stderr') return printed(running[kind], value);
  const finished = run.finished.get(name);
  if (finished === undefined) return { met: undefined, saw: `${name}: still running` };
  if (kind === 'status')
    return { met: finished.status === Number(value('is') ?? 0), atNs: finished.endNs, saw: String(finished.status) };
  const tookNs = finished.endNs - finished.startNs;
  const [min, max] = [ns(value('min')) ?? 0, ns(value('max')) ?? tookNs];
  return { met: tookNs >= min && tookNs <= max, atNs: finished.endNs, saw: `${tookNs} ns` };
}

function ns(value: unknown): number | undefined {
  return value === undefined ? undefined : parseDuration(String(value));
}

type Value = (key: string) => unknown;

function packets(observation: Dictionary, value: Value, context: LabContext): Observation {
  const [after, before] = [ns(value('after')) ?? 0, ns(value('before')) ?? context.now];
  const seen = context.seen(String(value('seen')), observation.on as string | undefined);
  const found: readonly SeenPacket[] = seen.packets.filter(({ atNs }) => atNs >= after && atNs <= before);
  const wanted = value('count') ?? { min: 1 };
  const bound = (entry: unknown): number | undefined =>
    entry === undefined ? undefined : Number(isMap(entry) ? context.params[String(entry.param)] : entry);
  const [min, max] = isMap(wanted)
    ? [bound(wanted.min) ?? 0, bound(wanted.max) ?? found.length]
    : [bound(wanted)!, bound(wanted)!];
  const deciding = found.length > max ? found[max] : found.at(-1);
  return {
    met: found.length >= min && found.length <= max,
    ...(deciding === undefined ? {} : { atNs: deciding.atNs, packet: deciding.packet }),
    saw: String(found.length),
  };
}

function printed(output: string, value: Value): Observation {
  const wanted = (key: string): string | undefined => (value(key) === undefined ? undefined : String(value(key)));
  const [is, contains, lacks] = [wanted('is'), wanted('contains'), wanted('lacks')];
  const met =
    (is === undefined || output.replace(/\n$/, '') === is.replace(/\n$/, '')) &&
    (contains === undefined || output.includes(contains)) &&
    (lacks === undefined || !output.includes(lacks));
  return { met, saw: quote(output) || '""' };
}
