/** `netarium view`: the viewer for a recording file or a lab, served on loopback to this machine's browser until Ctrl-C. */
import { spawn } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { decodeRecording } from '@netarium/view/recording/container.ts';
import { RecordingLog } from '@netarium/view/recording/recording-log.ts';
import manifest from '../../package.json' with { type: 'json' };
import { environment } from '../environment.ts';
import { EXIT, reason, UsageError } from '../exit.ts';
import { readBytes } from '../files.ts';
import type { Io } from '../io.ts';
import { packRecording, viewerFiles, viewerPage } from '../output/viewer-page.ts';
import { refuse } from '../settings.ts';
import { CallStacks } from '../source/call-stacks.ts';
import { endOf, type WatchOptions, watchedRun } from '../watched-run.ts';

export interface ViewOptions extends WatchOptions {
  readonly port?: string;
  readonly open: boolean;
}

/** Recordings end so; anything else is a lab's name or file. */
const RECORDING_FILE = /\.netarium$/;

export async function viewCommand(what: string, options: ViewOptions, io: Io): Promise<number> {
  const port = portOf(options.port, io);
  const isFile = RECORDING_FILE.test(what);
  // A recording has its seed and its parameters.
  if (isFile) refuse({ ...options, set: options.set[0] }, ['seed', 'set'], what, io.m, 'view');
  const packed = isFile ? recordingFile(what, io) : await recordedLab(what, options, io);
  const page = Buffer.from(viewerPage(packed, viewerFiles()));
  const server = createServer(answersWith(page));
  const url = await listening(server, port, io);
  io.out(io.m.view.at(url));
  if (options.open) openBrowser(url);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  server.close();
  server.closeAllConnections();
  return EXIT.met;
}

/** One page, at one path. What follows a question mark is nobody's business; a target may be anything. */
export function answersWith(page: Buffer): RequestListener {
  return ({ method, url = '/' }, response) => {
    const known = (method === 'GET' || method === 'HEAD') && /^\/(\?|$)/.test(url);
    response.writeHead(known ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': known ? page.length : 0,
      'x-content-type-options': 'nosniff',
    });
    response.end(known && method === 'GET' ? page : undefined);
  };
}

function portOf(text: string | undefined, { m }: Io): number {
  const port = Number(text ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(m.errors.port(text!), 'view');
  return port;
}

/** Loopback only: what a lab shows is nobody else's business. */
function listening(server: Server, port: number, { m }: Io): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new UsageError(m.errors.cannotListen(port, reason(error)), 'view')));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}/`);
    });
  });
}

function recordingFile(path: string, { m }: Io): Uint8Array {
  const packed = readBytes(path, m);
  try {
    decodeRecording(gunzipSync(packed));
  } catch (error) {
    // zlib's words ("unexpected end of file"), not its codes.
    throw new UsageError(m.errors.badRecording(path, error instanceof Error ? error.message : String(error)));
  }
  return packed;
}

async function recordedLab(name: string, options: ViewOptions, io: Io): Promise<Uint8Array> {
  const log = new RecordingLog();
  const stacks = new CallStacks();
  let definition: LabDefinition | undefined;
  const observe = (loaded: LabDefinition) => {
    definition = loaded;
    return log.listener;
  };
  const run = await watchedRun(name, 'view', options, io, observe, { ...environment(), callSite: stacks.callSite });
  endOf(run, io);
  return packRecording(log.recording(definition!, run, manifest.version, stacks.text()));
}

function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  // Where there is no browser the address stands in the terminal.
  spawn(command!, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
