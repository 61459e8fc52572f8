/** Daemon threads, join, and the quiz of the two flags. */
import { host, lab } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { recordedErrors } from '../lib/recorded-errors.ts';
import { joining, mix, quiz } from './programs.ts';

type Context = LabContext<'machine'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'daemon-threads',
  title: text(
    'Daemon threads, join, and how many seconds from flag A to flag B',
    '守护线程、join，以及从 flag A 到 flag B 有多少秒',
  ),
  text: text(
    'A process ends when its main thread and all threads that are no daemons have ended; daemons end with it, in the middle of whatever they do. join makes its caller wait, for ever or for so long, and says nothing about the end of the process. In the quiz target=_wait() calls the function before there is a thread: 60 s from A to B. With target=_wait it is the new thread that sleeps: B comes at once, and the process still lives for 60 s.',
    '主线程与所有非守护线程都结束时进程才结束；守护线程随之结束，不管做到哪里。join 只是让调用者等待（一直等或等一段时间），与进程何时结束无关。题目里 target=_wait() 在创建线程之前就调用了函数：从 A 到 B 是 60 秒。写成 target=_wait 则由新线程去睡：B 立刻到达，而进程仍要活 60 秒。',
  ),
  params: {
    daemon: { default: 5, min: 0, max: 100, text: text('Seconds that the daemon thread sleeps', '守护线程睡多少秒') },
    other: { default: 2, min: 0, max: 100, text: text('Seconds that the other thread sleeps', '另一个线程睡多少秒') },
    first: {
      default: 'mix 5 0',
      choices: ['mix 5 0', 'mix 0 5'],
      text: text('The program with a daemon alone', '只有守护线程的程序'),
    },
    fourth: {
      default: 'mix 0 0',
      choices: ['mix 0 0', 'mix 0 3'],
      text: text('The program without threads', '没有其他线程的程序'),
    },
    limit: {
      default: 'join-at-most',
      choices: ['join-at-most', 'join', 'no-join'],
      text: text('join with a time limit of 0.5 s', 'join 限时 0.5 秒'),
    },
    unlimited: {
      default: 'join',
      choices: ['join', 'join-at-most', 'no-join'],
      text: text('join without one', 'join 不限时'),
    },
    joiner: {
      default: 'joining',
      choices: ['joining', 'quiz'],
      text: text('The program that joins itself', '自己 join 自己的程序'),
    },
    called: {
      default: 'called',
      choices: ['called', 'passed'],
      text: text('target=_wait(), as printed', 'target=_wait()，笔记原样'),
    },
    passed: {
      default: 'passed',
      choices: ['called', 'passed'],
      text: text('target=_wait, corrected', 'target=_wait，改正后'),
    },
  },
  machines: { machine: host({ cpu: { cores: 2 } }) },
  programs: { mix, joining, quiz },
  until: '300s',
  checks: {
    alone: {
      text: text('Only a daemon: the process ends with main', '只有守护线程：进程随主线程结束'),
      row: 112,
      clause: 1,
    },
    waits: {
      text: text('A daemon and another: the process ends with the other', '守护线程加另一个：进程随另一个结束'),
      row: 112,
      clause: 2,
    },
    others: {
      text: text('No daemon: the process ends with the last thread', '没有守护线程：进程随最后一个线程结束'),
      row: 112,
      clause: 3,
    },
    none: { text: text('No thread beside main: it ends with main', '只有主线程：随主线程结束'), row: 112, clause: 4 },
    answer: {
      text: text(
        'Quiz: A is right, the process ends when all non-daemon threads have ended',
        '选择题答案 A：所有非守护线程结束时进程结束',
      ),
      row: 112,
      clause: 5,
    },
    join: { text: text('join without a limit waits for the end', '不限时的 join 等到结束'), row: 115, clause: 1 },
    limited: {
      text: text('join with a limit comes back after it, the thread lives on', '限时的 join 到时返回，线程还活着'),
      row: 115,
      clause: 2,
    },
    itself: {
      text: text('A thread that joins itself gets RuntimeError', '线程 join 自己得到 RuntimeError'),
      row: 115,
      clause: 3,
    },
    sixty: { text: text('target=_wait(): 60 s from A to B', 'target=_wait()：从 A 到 B 60 秒'), row: 116, clause: 2 },
    zero: { text: text('target=_wait: 0 s', 'target=_wait：0 秒'), row: 116, clause: 3 },
    ends: { text: text('Both processes end after 60 s', '两个进程都在 60 秒后结束'), row: 116, clause: 4 },
  },
  counterRuns: {
    'long-other': {
      set: { other: 8 },
      flips: ['waits', 'answer'],
      text: text('The other thread outlives the daemon.', '另一个线程比守护线程活得长。'),
    },
    'no-other': { set: { other: 0 }, flips: ['others'], text: text('There is no other thread.', '没有另一个线程。') },
    'no-daemon': {
      set: { first: 'mix 0 5' },
      flips: ['alone'],
      text: text('The daemon is none.', '守护线程改成非守护。'),
    },
    'a-thread-more': {
      set: { fourth: 'mix 0 3' },
      flips: ['none'],
      text: text('A thread beside main.', '主线程之外还有线程。'),
    },
    'no-limit': {
      set: { limit: 'join' },
      flips: ['limited'],
      text: text('No limit where there should be one.', '该限时的没有限时。'),
    },
    'no-join': {
      set: { unlimited: 'no-join' },
      flips: ['join'],
      text: text('The thread is not joined.', '没有 join。'),
    },
    'no-self-join': {
      set: { joiner: 'quiz' },
      flips: ['itself'],
      text: text('A program that never joins itself.', '从不 join 自己的程序。'),
    },
    'both-passed': {
      set: { called: 'passed' },
      flips: ['sixty'],
      text: text('The function is passed in both.', '两处都传函数。'),
    },
    'both-called': {
      set: { passed: 'called' },
      flips: ['zero', 'ends'],
      text: text('The function is called in both.', '两处都调用函数。'),
    },
  },
  async script(context) {
    await mixes(context);
    await joins(context);
    await flags(context);
  },
});

const SECOND = 1e9;

function secondsOf({ startNs, endNs }: Finished): number {
  return (endNs - startNs) / SECOND;
}

function about(seconds: number, wanted: number): boolean {
  return seconds >= wanted && seconds < wanted + 0.05;
}

async function mixes(context: Context): Promise<void> {
  const { params, machine, check } = context;
  const programs = {
    alone: { command: String(params.first), seconds: 0 },
    waits: { command: `mix ${params.daemon} ${params.other}`, seconds: 2 },
    others: { command: `mix 0 ${params.other}`, seconds: 2 },
    none: { command: String(params.fourth), seconds: 0 },
  };
  for (const [id, { command, seconds }] of Object.entries(programs)) {
    const finished = await narrate(context, machine, command, text(command, command));
    check(id, () => ({ met: about(secondsOf(finished), seconds), saw: `${secondsOf(finished).toFixed(2)} s` }));
    if (id !== 'waits') continue;
    const lines = finished.stdout.trim().split('\n');
    check('answer', () => ({
      met: lines.at(-1) === 'other thread ends' && !lines.includes('daemon thread ends'),
      saw: lines.join('; '),
    }));
  }
}

async function joins(context: Context): Promise<void> {
  const { params, machine, check } = context;
  const tell = (command: string): Promise<Finished> => narrate(context, machine, command, text(command, command));
  const whole = (await tell(`joining 2 ${params.unlimited}`)).stdout;
  check('join', () => ({ met: whole.startsWith('join 2.00 ended'), saw: whole }));
  const part = (await tell(`joining 2 ${params.limit}`)).stdout;
  check('limited', () => ({ met: part.startsWith('join-at-most 0.50 alive'), saw: part }));
  const own = (await tell(params.joiner === 'joining' ? 'joining 1 no-join' : 'quiz passed')).stdout;
  check('itself', () => ({ met: own.includes('self RuntimeError: cannot join current thread'), saw: own }));
}

async function flags(context: Context): Promise<void> {
  const { params, machine, say, check } = context;
  const { lastLine, version } = recordedErrors.get('misspelt-thread')!;
  say(text(`As printed, CPython ${version} says: ${lastLine}`, `按原样运行，CPython ${version} 报错：${lastLine}`));
  const runs: Finished[] = [];
  for (const [id, how, wanted] of [
    ['sixty', params.called, '60.00'],
    ['zero', params.passed, '0.00'],
  ] as const) {
    const call = how === 'called' ? 'target=_wait()' : 'target=_wait';
    const finished = await narrate(context, machine, `quiz ${how}`, text(call, call));
    runs.push(finished);
    check(id, () => ({ met: finished.stdout.trim() === wanted, saw: `${finished.stdout.trim()} s` }));
  }
  check('ends', () => ({
    met: runs.every((run) => about(secondsOf(run), 60)) && runs[0]!.stdout !== runs[1]!.stdout,
    saw: runs.map((run) => `${secondsOf(run).toFixed(2)} s`).join(', '),
  }));
}
