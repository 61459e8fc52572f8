/**
 * `csv-sink`: the other end of `csv --submit`: counts the values of each batch that it is sent, and each batch once, by the key that comes with it. `GET /`
 * tells what was counted, a JSON object as plain text. Its faults are options: it refuses or loses a share of the answers, answers late, or forgets the keys. All in memory.
 */
import { encodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { RequestHead } from '../../http/message.ts';
import { type Reply, serveRequests } from '../../http/server/service.ts';
import { countOption, secondsOption } from '../../lib/option-values.ts';
import { type ParsedOptions, type ProgramOptions, UsageError } from '../../lib/options.ts';
import { LOOPBACK, type Place, parseBind, parsePort, serverProgram } from '../../lib/serving.ts';

const NAME = 'csv-sink';
const NEVER = 0;

export const options: ProgramOptions = {
  name: NAME,
  usage: 'csv-sink [--bind ADDRESS] [--port PORT] [--refuse-every N] [--cut-every N] [--delay S] [--no-keys]',
  options: [
    { names: ['--bind'], value: 'ADDRESS', help: 'listens there (127.0.0.1)' },
    { names: ['--port'], value: 'PORT', help: 'on this port, 0 for a free one (8000)' },
    { names: ['--refuse-every'], value: 'N', help: 'answers 503 to every N-th batch, and counts nothing of it' },
    { names: ['--cut-every'], value: 'N', help: 'counts every N-th batch, and closes without an answer' },
    { names: ['--delay'], value: 'S', help: 'answers so many seconds later (0)' },
    { names: ['--no-keys'], help: 'counts what comes twice twice' },
  ],
};

interface SinkSettings {
  readonly place: Place;
  readonly refuseEvery: number;
  readonly cutEvery: number;
  readonly delayNs: number;
  readonly keys: boolean;
}

function readSettings(given: ParsedOptions): SinkSettings {
  if (given.operands.length > 0) throw new UsageError(`usage: ${options.usage}`);
  return {
    place: {
      address: parseBind(NAME, given.value('--bind') ?? LOOPBACK),
      port: parsePort(NAME, given.value('--port') ?? '8000'),
    },
    refuseEvery: countOption(NAME, given, '--refuse-every', NEVER),
    cutEvery: countOption(NAME, given, '--cut-every', NEVER),
    delayNs: secondsOption(NAME, given, '--delay', '0'),
    keys: !given.has('--no-keys'),
  };
}

export const main = serverProgram(options, readSettings, async (sys, settings) => {
  const sink = new Sink(settings);
  await serveRequests(sys, settings.place, { program: NAME }, ({ head, body }) => sink.reply(head, body));
  return 0;
});

class Sink {
  private readonly keys = new Set<string>();
  private readonly values = new Set<string>();
  private requests = 0;
  private batches = 0;
  private counted = 0;
  private doubles = 0;
  private known = 0;
  private refused = 0;
  /** Values of the batch with the highest number. */
  private last = { task: -1, values: 0 };

  constructor(private readonly settings: SinkSettings) {}

  reply(head: RequestHead, body: Uint8Array): Reply {
    if (head.method === 'GET') return { status: 200, type: 'text/plain', body: encodeUtf8(this.report()) };
    if (head.method !== 'POST') return { status: 405, fields: [['Allow', 'GET, POST']], body: new Uint8Array(0) };
    const { refuseEvery, cutEvery, delayNs } = this.settings;
    const key = head.fields.get('idempotency-key');
    if (key === undefined) return { status: 400, body: encodeUtf8('no Idempotency-Key\n') };
    this.requests++;
    if (refuseEvery > 0 && this.requests % refuseEvery === 0) {
      this.refused++;
      return { status: 503, body: new Uint8Array(0), when: delayNs };
    }
    this.take(key, head.fields.get('x-batch') ?? '', body);
    if (cutEvery > 0 && this.requests % cutEvery === 0) return { status: 200, body: new Uint8Array(0), when: 'cut' };
    return { status: 200, body: new Uint8Array(0), when: delayNs };
  }

  private take(key: string, batch: string, body: Uint8Array): void {
    if (this.settings.keys && this.keys.has(key)) {
      this.known++;
      return;
    }
    this.keys.add(key);
    this.batches++;
    const values = latin1(body).split('\n');
    // The last line ends with a line end too.
    values.pop();
    for (const value of values) {
      if (this.values.has(value)) this.doubles++;
      this.values.add(value);
    }
    this.counted += values.length;
    const task = Number(/^\d+/.exec(batch)?.[0] ?? -1);
    if (task > this.last.task) this.last = { task, values: values.length };
  }

  private report(): string {
    const { requests, batches, counted, doubles, known, refused, last } = this;
    const report = { requests, batches, values: counted, distinct: this.values.size, doubles, known, refused };
    return `${JSON.stringify({ ...report, lastTask: last.task, lastValues: last.values })}\n`;
  }
}
