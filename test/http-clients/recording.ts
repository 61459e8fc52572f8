/**
 * The same calls of an HTTP client made by CPython and by ours, against servers that answer the same and record every byte: `recording.py` on this machine,
 * `recordingServer` on a simulated one. Every host name is 127.0.0.1 in both, and both servers have the same port.
 */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { latin1 } from '@netarium/core/base/utf8.ts';
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { runReal } from '@netarium/real/run-real.ts';
import { latin1Bytes } from '@netarium/userland/http/message.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { expect } from 'vitest';

export interface Answer {
  /** One byte a character. */
  readonly raw: string;
  readonly end: 'keep' | 'close' | 'hang';
}

export interface Case {
  readonly name: string;
  /** Python; prints what it sees. */
  readonly python: string;
  /** The same with ours; answers what it sees, line by line. */
  ours(py: Python, base: string, port: number): Promise<readonly string[]>;
}

export interface Result {
  readonly out: string;
  /** What came over each connection, in the order in which they were made. */
  readonly connections: readonly string[];
}

const NAMES = ['www.example.test', 'other.example.test', 'xn--fiqs8s.xn--0zwm56d', 'xn--mnchen-3ya.test'];

/** With Debian's python3, which has Debian's requests. */
function runPython(
  answers: Readonly<Record<string, Answer>>,
  cases: readonly Case[],
): { readonly port: number; readonly results: readonly Result[] } {
  const script = fileURLToPath(new URL('recording.py', import.meta.url));
  const input = JSON.stringify({ answers, cases: cases.map(({ name, python: code }) => ({ name, code })) });
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

export async function runOurs(
  answers: Readonly<Record<string, Answer>>,
  cases: readonly Case[],
  port: number,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const each of cases) {
    const connections: string[] = [];
    let out: readonly string[] = [];
    let crash: unknown;
    const definition = lab({
      id: 'recording',
      machines: {
        h: host({
          files: {
            '/etc/hosts': `127.0.0.1 localhost ${NAMES.join(' ')}\n`,
            '/etc/nsswitch.conf': 'hosts: files\n',
          },
        }),
      },
      programs: {
        server: (sys) => recordingServer(sys, port, answers, connections),
        client: python('3.11', {
          async main(py) {
            try {
              out = await each.ours(py, `http://127.0.0.1:${port}`, port);
            } catch (error) {
              crash = error;
            }
          },
        }),
      },
      async script({ h, sleep }) {
        h.start('server');
        await sleep('1ms');
        await h.sh('client');
      },
    });
    const { problems } = await runLab(definition, { image: systemImage(), turn });
    if (crash !== undefined) throw new Error(`${each.name}: ${(crash as Error).stack}`);
    if (problems.length > 0) throw new Error(`${each.name}: ${problems.join('\n')}`);
    results.push({ out: out.map((line) => `${line}\n`).join(''), connections: [...connections] });
  }
  return results;
}

/** The cases that need no names but those of this machine. */
function onLoopback(cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ python: code }) => !/\.(test|invalid)\b|测试/i.test(code));
}

/** The same with our clients on the real kernel, in this process, one after the other. */
async function runOursForReal(
  answers: Readonly<Record<string, Answer>>,
  cases: readonly Case[],
  port: number,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let connections: string[] = [];
  const server = createServer((socket) => {
    const client: Client = { record: connections.push('') - 1, buffer: '' };
    const mine = connections;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      client.buffer += bytes.toString('latin1');
      for (let request = cut(client); request !== undefined; request = cut(client)) {
        mine[client.record] += request;
        const { raw, end } = answerTo(request, answers);
        socket.write(Buffer.from(raw, 'latin1'));
        if (end === 'close') socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  for (const each of cases) {
    connections = [];
    let out: readonly string[] = [];
    let crash: unknown;
    const client = python('3.11', {
      async main(py) {
        try {
          out = await each.ours(py, `http://127.0.0.1:${port}`, port);
        } catch (error) {
          crash = error;
        }
      },
    });
    const nowhere = new URL('file:///nowhere');
    const nobody = new Writable({ write: (_chunk, _encoding, done) => done() });
    await runReal({
      ...{ program: 'client', argv: ['client'], resolve: async () => client },
      entries: { thread: nowhere, child: nowhere, execArgv: [] },
      ...{ stdin: new PassThrough().end(), stdout: nobody, stderr: nobody },
    });
    if (crash !== undefined) throw new Error(`${each.name}: ${(crash as Error).stack}`);
    results.push({ out: out.map((line) => `${line}\n`).join(''), connections });
  }
  await new Promise((resolve) => server.close(resolve));
  return results;
}

interface Client {
  readonly record: number;
  buffer: string;
}

/** Answers each request by its path; as recording.py does it. */
async function recordingServer(
  sys: Sys,
  port: number,
  answers: Readonly<Record<string, Answer>>,
  connections: string[],
): Promise<number> {
  const listener = await sys.socket('inet', 'stream');
  await sys.bind(listener, { family: 'inet', address: '127.0.0.1', port });
  await sys.listen(listener, 128);
  const clients = new Map<number, Client>();
  for (;;) {
    const ready = await sys.poll(
      [listener, ...clients.keys()].map((fd) => ({ fd, events: POLL.IN })),
      -1,
    );
    for (const { fd } of ready) {
      if (fd === listener) {
        const accepted = await sys.accept(listener);
        clients.set(accepted.fd, { record: connections.push('') - 1, buffer: '' });
        continue;
      }
      const client = clients.get(fd)!;
      const bytes = await sys.recv(fd, 65_536).catch(() => new Uint8Array(0));
      client.buffer += latin1(bytes);
      const keeps = bytes.length > 0 && (await answerAll(sys, fd, client, answers, connections));
      if (keeps) continue;
      clients.delete(fd);
      await sys.close(fd);
    }
  }
}

async function answerAll(
  sys: Sys,
  fd: number,
  client: Client,
  answers: Readonly<Record<string, Answer>>,
  connections: string[],
): Promise<boolean> {
  for (let request = cut(client); request !== undefined; request = cut(client)) {
    connections[client.record] += request;
    const { raw, end } = answerTo(request, answers);
    await sys.send(fd, latin1Bytes(raw), { nosignal: true }).catch(() => 0);
    if (end === 'close') return false;
  }
  return true;
}

function answerTo(request: string, answers: Readonly<Record<string, Answer>>): Answer {
  const target = request.split(' ')[1]!.split('?')[0]!;
  const path = target.startsWith('http') ? `/${target.split('/').slice(3).join('/')}` : target;
  return answers[path] ?? answers['/']!;
}

/** The first whole request, taken from the buffer. */
function cut(client: Client): string | undefined {
  const end = client.buffer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = client.buffer.slice(0, end + 4);
  let length = head.length + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (/^transfer-encoding: chunked/im.test(head)) {
    const last = client.buffer.indexOf('0\r\n\r\n', head.length);
    if (last < 0) return undefined;
    length = last + 5;
  }
  if (client.buffer.length < length) return undefined;
  const request = client.buffer.slice(0, length);
  client.buffer = client.buffer.slice(length);
  return request;
}

/** As recording.py's `failure`. */
export async function failure(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
    return 'no error';
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

/** The response to a request, by status line, headers and body. */
export function answer(status: string, headers: readonly string[], body = '', end: Answer['end'] = 'keep'): Answer {
  const length = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header)) || end === 'close';
  const own = length ? headers : [...headers, `Content-Length: ${body.length}`];
  return { raw: `HTTP/1.1 ${status}\r\n${own.map((header) => `${header}\r\n`).join('')}\r\n${body}`, end };
}

/** Results without what is never twice the same: boundaries of forms, addresses in memory. */
function comparable(cases: readonly Case[], results: readonly Result[]): string[] {
  return cases.map(({ name }, i) => {
    const { out, connections } = results[i]!;
    const text = [name, out, ...connections].join('\n');
    return text
      .replace(/(?<=boundary=|--)[0-9a-f]{32}/g, 'BOUNDARY')
      .replace(/(?<=Connection object) at 0x[0-9a-f]+/g, '');
  });
}

/** Python's clients and ours ask the same server the same: on the simulated kernel, and what stays on loopback on the real one too. */
export async function agree(answers: Readonly<Record<string, Answer>>, cases: readonly Case[]): Promise<void> {
  const { port, results } = runPython(answers, cases);
  const ours = await runOurs(answers, cases, port);
  expect(comparable(cases, ours)).toEqual(comparable(cases, results));
  const local = onLoopback(cases);
  const real = await runOursForReal(answers, local, port);
  const expected = results.filter((_, i) => local.includes(cases[i]!));
  expect(comparable(local, real)).toEqual(comparable(local, expected));
}
