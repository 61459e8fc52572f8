/** `netarium quiz`: a person predicts, the lab runs, and what decides is shown: a packet, the state of a thread, what a program printed. */
import { createInterface, type Interface } from 'node:readline';
import { formatInstant } from '@netarium/core/time/instant.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { observedRun } from '@netarium/labs/quizzes/observed-run.ts';
import {
  type Answer,
  type Choice,
  commandOf,
  type Decision,
  isRight,
  type QuizItem,
} from '@netarium/labs/quizzes/quiz.ts';
import { areaOf, itemsAbout, letterOf, shuffled } from '@netarium/labs/quizzes/select.ts';
import { textIn } from '@netarium/view/language.ts';
import { environment } from '../environment.ts';
import { EXIT, UsageError } from '../exit.ts';
import { readText } from '../files.ts';
import type { Io } from '../io.ts';
import { textWidth } from '../output/report.ts';
import { paragraph, table } from '../output/table.ts';
import { refuse, seedOf } from '../settings.ts';

export interface QuizOptions {
  readonly seed?: string;
  readonly count?: string;
  readonly answers?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

export async function quizCommand(words: readonly string[], options: QuizOptions, io: Io): Promise<number> {
  const topic = words.length === 0 ? undefined : words.join(' ');
  const items = chosen(topic, options, io);
  if (items.length === 0) {
    if (options.json === true) io.out('[]');
    else io.err(io.m.errors.usage(io.m.quiz.none(topic ?? '')));
    return EXIT.notJudged;
  }
  if (options.list === true) {
    refuse(options, ['answers'], '--list', io.m, 'quiz');
    return list(items, options, io);
  }
  const answers = new Answers(options.answers, io);
  try {
    return await ask(items, answers, options, io);
  } finally {
    answers.close();
  }
}

/** The items in their order, with their choices in the order in which they are shown. */
function chosen(topic: string | undefined, { seed: seedText, count: countText }: QuizOptions, { m }: Io): QuizItem[] {
  const count =
    countText === undefined ? Number.POSITIVE_INFINITY : /^\d{1,4}$/.test(countText) ? Number(countText) : 0;
  if (count < 1) throw new UsageError(m.quiz.badCount(countText!), 'quiz');
  const found = itemsAbout(topic);
  if (seedText === undefined) return found.slice(0, count);
  const seed = seedOf(seedText, m, 'quiz');
  return shuffled(found, seed, 'items')
    .slice(0, count)
    .map((item) =>
      item.task.kind === 'number'
        ? item
        : { ...item, task: { ...item.task, choices: shuffled(item.task.choices, seed, item.id) } },
    );
}

function list(items: readonly QuizItem[], { json }: QuizOptions, io: Io): number {
  const { m, colors, language, out } = io;
  if (json === true) {
    const documents = items.map((item) => documentOf(item, io));
    out(JSON.stringify(documents, undefined, 2));
    return EXIT.met;
  }
  const head = [m.quiz.list.id, m.quiz.list.area, m.quiz.list.kind, m.quiz.list.lab, ''].map(colors.dim);
  const rows = items.map((item) => [
    item.id,
    areaOf(item),
    m.quiz.kinds[item.task.kind]!,
    item.lab,
    textIn(item.question, language),
  ]);
  for (const line of table(rows, { head, width: textWidth(io), wrap: 4 })) out(line);
  return EXIT.met;
}

async function ask(items: readonly QuizItem[], answers: Answers, options: QuizOptions, io: Io): Promise<number> {
  const documents: object[] = [];
  let [given, right] = [0, 0];
  for (const [at, item] of items.entries()) {
    if (options.json !== true) pose(item, at + 1, items.length, io);
    const said = await answers.next(item, options.json === true);
    if (said === 'end') break;
    const decision = await decide(item);
    const correct = said.length > 0 && isRight(item.task, said, decision.answer);
    if (said.length > 0) given++;
    if (correct) right++;
    if (options.json === true)
      documents.push({ ...documentOf(item, io), ...resultOf(item, said, correct, decision, io) });
    else tell(item, said, correct, decision, io);
  }
  if (options.json === true) io.out(JSON.stringify({ right, given, items: documents }, undefined, 2));
  else io.out(`\n${io.m.quiz.score(String(right), String(given))}`);
  return given === 0 ? EXIT.notJudged : right === given ? EXIT.met : EXIT.notMet;
}

async function decide({ lab, set, samples, decide: read }: QuizItem): Promise<Decision> {
  const definition = await catalogue.get(lab)!();
  return read(await observedRun(definition, environment(), { set, samples }));
}

const choicesOf = ({ task }: QuizItem): readonly Choice[] => (task.kind === 'number' ? [] : task.choices);

function pose(item: QuizItem, number: number, all: number, io: Io): void {
  const { m, colors, language, out } = io;
  const width = textWidth(io);
  out(`\n${colors.dim(m.quiz.heading(String(number), String(all), item.id))}`);
  for (const line of paragraph(textIn(item.question, language), width)) out(colors.bold(line));
  const choices = choicesOf(item);
  for (const { id, text } of choices) {
    const [first, ...more] = paragraph(textIn(text, language), width, 5);
    out(`  ${colors.cyan(letterOf(choices, id))}  ${first!.trimStart()}`);
    for (const line of more) out(line);
  }
  out(colors.dim(m.quiz.lab(item.lab)));
}

function promptOf({ task }: QuizItem, { m, language }: Io): string {
  return task.kind === 'number' ? m.quiz.ask.number(textIn(task.unit, language)) : m.quiz.ask[task.kind];
}

/** An answer as the person would write it: letters with their texts, or the number with its unit. */
function answerText(item: QuizItem, answer: Answer, language: Io['language']): string {
  if (item.task.kind === 'number') return `${answer[0] ?? ''} ${textIn(item.task.unit, language)}`.trim();
  const choices = choicesOf(item);
  const texts = answer.map((id) => {
    const choice = choices.find((each) => each.id === id);
    return `${letterOf(choices, id)} ${choice === undefined ? id : textIn(choice.text, language)}`;
  });
  return texts.join(item.task.kind === 'order' ? ' → ' : language === 'zh' ? '；' : '; ');
}

function tell(item: QuizItem, said: Answer, correct: boolean, { answer, evidence }: Decision, io: Io): void {
  const { m, colors, language, out } = io;
  const width = textWidth(io);
  out(`\n${colors.bold(m.quiz.evidence)}`);
  for (const { atNs, text } of evidence) {
    const [first, ...more] = paragraph(textIn(text, language), width, 17);
    out(`  ${colors.dim(`${formatInstant(atNs)} s`)}  ${first!.trimStart()}`);
    for (const line of more) out(line);
  }
  const right = answerText(item, answer, language);
  if (answer.length === 0) out(colors.yellow(m.quiz.undecided));
  else if (correct) out(colors.green(`✓ ${m.quiz.right}`));
  else if (said.length === 0) out(colors.yellow(m.quiz.shown(right)));
  else out(colors.red(`✗ ${m.quiz.wrong(right)}`));
  for (const line of paragraph(textIn(item.why, language), width, 2)) out(line);
  out(`  ${colors.cyan(commandOf(item))}`);
}

function documentOf(item: QuizItem, { language }: Io): object {
  const choices = choicesOf(item);
  return {
    id: item.id,
    area: areaOf(item),
    lab: item.lab,
    kind: item.task.kind,
    question: textIn(item.question, language),
    choices: choices.map(({ id, text }) => ({ letter: letterOf(choices, id), text: textIn(text, language) })),
  };
}

function resultOf(item: QuizItem, said: Answer, correct: boolean, { answer, evidence }: Decision, io: Io): object {
  const choices = choicesOf(item);
  const written = (ids: Answer) => (item.task.kind === 'number' ? ids : ids.map((id) => letterOf(choices, id)));
  return {
    given: written(said),
    answer: written(answer),
    correct,
    evidence: evidence.map(({ atNs, text }) => ({ atNs, text: textIn(text, io.language) })),
    why: textIn(item.why, io.language),
    command: commandOf(item),
  };
}

/** Lines from a file, from a pipe, or from the person at the terminal. */
class Answers {
  private readonly lines: AsyncIterator<string> | Iterator<string>;
  private readonly reader: Interface | undefined;
  private readonly person: boolean;
  private read = 0;

  constructor(
    path: string | undefined,
    private readonly io: Io,
  ) {
    this.person = path === undefined && io.stdin.isTTY === true;
    if (path === undefined) {
      this.reader = createInterface({ input: io.stdin });
      this.lines = this.reader[Symbol.asyncIterator]();
    } else {
      this.lines = linesOf(path, io)[Symbol.iterator]();
    }
  }

  /** Empty: the person wants to be shown. A person is asked again after a slip; a file with one is an error. */
  async next(item: QuizItem, silent: boolean): Promise<Answer | 'end'> {
    const { m, stdout, err } = this.io;
    while (true) {
      if (!silent) stdout.write(`${promptOf(item, this.io)}${this.person ? ' ' : '\n'}`);
      const { value, done } = await this.lines.next();
      if (done === true) return 'end';
      this.read++;
      const answer = parsed(item, value);
      if (answer !== undefined) return answer;
      if (!this.person) throw new UsageError(m.quiz.badAnswer(String(this.read), value), 'quiz');
      err(m.quiz.again);
    }
  }

  close(): void {
    this.reader?.close();
  }
}

function linesOf(path: string, { m }: Io): string[] {
  const text = readText(path, m);
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split(/\r?\n/);
}

/** Letters in any writing (`a c`, `A,C`, `ac`), or a number; undefined where it is neither. */
function parsed(item: QuizItem, line: string): Answer | undefined {
  const text = line.normalize('NFKC').trim().toLowerCase();
  if (text === '') return [];
  if (item.task.kind === 'number')
    return /^\d+(\.\d+)?$/.test(text.replaceAll(',', '')) ? [text.replaceAll(',', '')] : undefined;
  const choices = choicesOf(item);
  if (!/^[a-z](?:[\s,、>→]*[a-z])*$/.test(text)) return undefined;
  const ids = [...text.matchAll(/[a-z]/g)].map(([letter]) => choices[letter.charCodeAt(0) - 97]?.id);
  const known = ids.filter((id) => id !== undefined);
  const whole = known.length === ids.length && new Set(known).size === known.length;
  if (!whole || (item.task.kind === 'one' && known.length > 1)) return undefined;
  if (item.task.kind === 'order' && known.length < choices.length) return undefined;
  return known;
}
