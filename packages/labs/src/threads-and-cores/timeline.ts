/** What the threads of one host do, from their states: who ran when, who was ready, how many ran at once. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

export interface Turn {
  readonly pid: number;
  readonly tid: number;
  readonly thread: string;
  readonly fromNs: number;
  readonly toNs: number;
}

interface Open {
  readonly state: string;
  readonly fromNs: number;
}

export class Timeline {
  readonly turns: Turn[] = [];
  /** Most threads of one process that were ready while another of them ran. */
  mostReady = 0;
  private readonly open = new Map<number, Open>();

  constructor(on: LabTools['on'], host: string) {
    on('thread.state', ({ host: where, values }) => {
      if (where !== host || values.thread === '') return;
      const { pid, tid, thread, state, fromNs } = values;
      const before = this.open.get(tid);
      if (before?.state === 'running' && fromNs > before.fromNs)
        this.turns.push({ pid, tid, thread, fromNs: before.fromNs, toNs: fromNs });
      if (state === 'ended') this.open.delete(tid);
      else this.open.set(tid, { state, fromNs });
      this.mostReady = Math.max(this.mostReady, [...this.open.values()].filter((one) => one.state === 'ready').length);
    });
  }

  /** Running time of all threads over the time in which at least one ran. */
  overlap(): number {
    const edges = this.turns
      .flatMap(({ fromNs, toNs }) => [
        { at: fromNs, by: 1 },
        { at: toNs, by: -1 },
      ])
      .sort((a, b) => a.at - b.at || a.by - b.by);
    let running = 0;
    let busy = 0;
    let sum = 0;
    let last = 0;
    for (const { at, by } of edges) {
      sum += running * (at - last);
      if (running > 0) busy += at - last;
      last = at;
      running += by;
    }
    return busy === 0 ? 0 : sum / busy;
  }

  /** One line per thread: `worker 1: 0–3, 12–15 ms`, the first few turns. */
  lines(most = 4): string[] {
    const origin = Math.min(...this.turns.map(({ fromNs }) => fromNs));
    const ms = (ns: number): string => String(Math.round((ns - origin) / 100_000) / 10);
    const threads = [...new Set(this.turns.map(({ thread }) => thread))];
    return threads.map((thread) => {
      const mine = this.turns.filter((turn) => turn.thread === thread);
      const shown = mine.slice(0, most).map(({ fromNs, toNs }) => `${ms(fromNs)}–${ms(toNs)}`);
      return `${thread}: ${shown.join(', ')}${mine.length > most ? ', …' : ''} ms`;
    });
  }
}
