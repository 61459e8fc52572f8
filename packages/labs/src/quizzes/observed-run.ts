/** A finished run with everything that its packets, events and samples were: what quizzes ask. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { Seen, SeenPacket } from '@netarium/core/check/lab-context.ts';
import type { LabEnvironment } from '@netarium/core/check/lab-environment.ts';
import type { CheckResult, LabRun, RunListener, StoryLine } from '@netarium/core/check/lab-run.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { Sight } from '@netarium/core/check/sight.ts';
import { Trace } from '@netarium/core/check/trace.ts';
import type { EventKind, SampleKind, WorldEvent } from '@netarium/core/record/catalogue.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';

export interface ToldLine {
  readonly line: StoryLine;
  /** What the pattern's groups matched, without the whole. */
  readonly groups: readonly string[];
}

export interface ObservedRun {
  readonly run: LabRun;
  /** Packets that match a display filter, as a lab's script sees them. */
  seen(filter: string, card?: string): Seen;
  /** The packet of that identity, where its maker sent it; undefined for 0. */
  packet(identity: number): SeenPacket | undefined;
  /** Events, and the samples that were asked for. */
  events<K extends EventKind | SampleKind>(kind: K): readonly WorldEvent<K>[];
  /** Lines of the story whose English text matches, in order. */
  story(pattern: RegExp): readonly ToldLine[];
  /** A check of the lab; "could not be judged" where it has none of that name. */
  check(id: string): CheckResult;
}

const NOTHING = { row: undefined, clause: undefined, claim: undefined, atNs: -1, packet: 0 };

export interface Observing {
  readonly set?: Readonly<Record<string, ParamValue>> | undefined;
  /** Samples that are asked for. */
  readonly samples?: readonly SampleKind[] | undefined;
  /** Who looks on beside: a recording. */
  readonly beside?: RunListener | undefined;
}

export async function observedRun(
  definition: LabDefinition,
  environment: LabEnvironment,
  { set = {}, samples = [], beside }: Observing,
): Promise<ObservedRun> {
  const trace = new Trace();
  const sight = new Sight(trace);
  const happened: WorldEvent[] = [];
  const run = await runLab(definition, environment, {
    set,
    listener: {
      ...beside,
      cards: (cards) => {
        trace.attach(cards);
        beside?.cards?.(cards);
      },
      recorder: (recorder) => {
        beside?.recorder?.(recorder);
        recorder.onEvent((event) => void happened.push(event));
        for (const kind of samples) recorder.on(kind, (event) => void happened.push(event));
      },
    },
  });
  return {
    run,
    seen: (filter, card) => sight.seen(filter, card),
    packet: (identity) =>
      identity === 0 ? undefined : sight.seen('frame').packets.find(({ packet }) => packet === identity),
    events: <K extends EventKind | SampleKind>(kind: K) =>
      happened.filter((event) => event.kind === kind) as unknown as readonly WorldEvent<K>[],
    story: (pattern) =>
      run.story.flatMap((line) => {
        const match = pattern.exec(line.text.en);
        return match === null ? [] : [{ line, groups: match.slice(1) }];
      }),
    check: (id) =>
      run.checks.find((check) => check.id === id) ?? {
        ...NOTHING,
        id,
        text: { en: id, zh: id },
        verdict: 'could not be judged',
        saw: '',
      },
  };
}
