/**
 * Predict-first questions: a person says what a lab's run will show, the lab runs, and the run decides. No item carries its answer: `decide` reads
 * it from packets, states, program output or the lab's own checks, and shows what decided. `expected` is what tests hold the run to.
 */
import type { Text } from '@netarium/core/check/lab.ts';
import type { SeenPacket } from '@netarium/core/check/lab-context.ts';
import type { CheckResult, StoryLine } from '@netarium/core/check/lab-run.ts';
import type { SampleKind } from '@netarium/core/record/catalogue.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import type { ObservedRun } from './observed-run.ts';

export interface Choice {
  readonly id: string;
  readonly text: Text;
}

/** One of the choices, every right one of them, a number, or all of them in their order. */
export type Task =
  | { readonly kind: 'one' | 'several' | 'order'; readonly choices: readonly Choice[] }
  | { readonly kind: 'number'; readonly unit: Text; readonly tolerance: number };

/** Ids of choices, in the order where the order is asked for; or one number. Empty: the run does not decide it. */
export type Answer = readonly string[];

/** Something of the run that decided: a packet, a state, a line that a program printed. */
export interface Evidence {
  readonly atNs: number;
  /** The packet's identity, where one decided. */
  readonly packet?: number;
  readonly text: Text;
}

export interface Decision {
  readonly answer: Answer;
  readonly evidence: readonly Evidence[];
}

export interface QuizItem {
  readonly id: string;
  /** Rows of the list of systems that it is about; the first one's area is its topic. */
  readonly rows: readonly number[];
  /** The quiz of the notes that it is, by the question's id. */
  readonly quiz?: string;
  readonly lab: string;
  readonly set?: Readonly<Record<string, ParamValue>>;
  /** Samples that `decide` reads. */
  readonly samples?: readonly SampleKind[];
  readonly question: Text;
  readonly task: Task;
  readonly decide: (run: ObservedRun) => Decision;
  /** Why it is so. */
  readonly why: Text;
  readonly expected: Answer;
  /** The same lab with other parameters, where the run gives another answer. */
  readonly otherwise?: { readonly set: Readonly<Record<string, ParamValue>>; readonly expected: Answer };
}

export const text = (en: string, zh: string): Text => ({ en, zh });

type Choices = Readonly<Record<string, readonly [en: string, zh: string]>>;

const choicesOf = (choices: Choices): Choice[] =>
  Object.entries(choices).map(([id, [en, zh]]) => ({ id, text: { en, zh } }));

export const one = (choices: Choices): Task => ({ kind: 'one', choices: choicesOf(choices) });
export const several = (choices: Choices): Task => ({ kind: 'several', choices: choicesOf(choices) });
/** Written in any order but the right one. */
export const order = (choices: Choices): Task => ({ kind: 'order', choices: choicesOf(choices) });
export const number = (en: string, zh: string, tolerance = 0): Task => ({
  kind: 'number',
  unit: { en, zh },
  tolerance,
});

export function packetEvidence(packet: SeenPacket): Evidence {
  const protocol = packet.layers.findLast(({ protocol: name }) => name !== 'data')?.protocol ?? '';
  const words = `${packet.card}: ${protocol.toUpperCase()} ${packet.info}`;
  return { atNs: packet.atNs, packet: packet.packet, text: { en: words, zh: words } };
}

export const storyEvidence = ({ atNs, text: told }: StoryLine): Evidence => ({ atNs, text: told });

/** Decides by one of the lab's checks: `met` where it is met, `unmet` where it is not. */
export function byCheck(id: string, met: string, unmet: string, also?: RegExp): QuizItem['decide'] {
  return (run) => {
    const check = run.check(id);
    if (check.verdict === 'could not be judged') return { answer: [], evidence: [] };
    const packet = run.packet(check.packet);
    const lines = also === undefined ? [] : run.story(also).slice(0, EVIDENCE_MAX);
    return {
      answer: [check.verdict === 'met' ? met : unmet],
      evidence: [
        ...lines.map(({ line }) => storyEvidence(line)),
        ...(packet === undefined ? [] : [packetEvidence(packet)]),
        checkEvidence(check),
      ],
    };
  };
}

const EVIDENCE_MAX = 4;

function checkEvidence({ text: said, verdict, atNs, saw }: CheckResult): Evidence {
  if (verdict === 'met') return { atNs, text: { en: `✓ ${said.en}`, zh: `✓ ${said.zh}` } };
  return { atNs, text: { en: `✗ not so: ${said.en} (${saw})`, zh: `✗ 不成立：${said.zh}（${saw}）` } };
}

/** Decides by lines of the story: what `answer` makes of the groups of those that match; by the first where `last` is not set. */
export function byStory(
  pattern: RegExp,
  answer: (groups: readonly string[]) => string,
  pick: 'first' | 'last' = 'first',
): QuizItem['decide'] {
  return (run) => {
    const found = run.story(pattern).at(pick === 'first' ? 0 : -1);
    if (found === undefined) return { answer: [], evidence: [] };
    return { answer: [answer(found.groups)], evidence: [storyEvidence(found.line)] };
  };
}

/** Decides an order by the lines of the story: the choice that each names, each once, in the order of the lines. */
export function byOrder(pattern: RegExp, choiceOf: (groups: readonly string[]) => string): QuizItem['decide'] {
  return (run) => {
    const firsts = new Map<string, Evidence>();
    for (const { line, groups } of run.story(pattern)) {
      const choice = choiceOf(groups);
      if (choice !== '' && !firsts.has(choice)) firsts.set(choice, storyEvidence(line));
    }
    return { answer: [...firsts.keys()], evidence: [...firsts.values()] };
  };
}

/** Whether what a person answered is what the run showed. */
export function isRight(task: Task, given: Answer, right: Answer): boolean {
  if (task.kind === 'number') {
    const [said, shown] = [Number(given[0]), Number(right[0])];
    return given.length === 1 && given[0]!.trim() !== '' && Math.abs(said - shown) <= task.tolerance;
  }
  const [a, b] = task.kind === 'several' ? [[...given].sort(), [...right].sort()] : [given, right];
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** The command that runs what decides. */
export function commandOf({ lab, set = {} }: Pick<QuizItem, 'lab' | 'set'>): string {
  const settings = Object.entries(set).map(([name, value]) => {
    const word = `${name}=${value}`;
    return ` --set ${/^[\w.,:/=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`}`;
  });
  return `netarium run ${lab}${settings.join('')}`;
}
