/** A server of pictures, the downloader as an interpreter would run it, and the notes' own two faults: one name for all files, and callbacks that read a variable too late. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { sysWith } from '@netarium/core/syscall/sys-of.ts';
import { serveRequests } from '@netarium/userland/http/server/service.ts';
import { download } from '@netarium/userland/jobs/download/download.ts';
import { print, writeFile } from '@netarium/userland/lib/stdio.ts';
import { type Deferred, deferredList } from '@netarium/userland/runtimes/twisted/deferred.ts';
import { getPage } from '@netarium/userland/runtimes/twisted/get-page.ts';
import { Reactor } from '@netarium/userland/runtimes/twisted/reactor.ts';
import { connectTo, receiveToEnd, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;
export const COUNT = 10;
const PORT = 80;

/** A grey picture of 99 by 100 points: exactly 10,000 bytes with its head. */
export function picture(number: number): Uint8Array {
  const head = `P5\n#${` picture ${number}`.padEnd(85, '.')}\n99 100\n255\n`;
  const bytes = new Uint8Array(10_000).fill(16 * number + 7);
  bytes.set(encodeUtf8(head));
  return bytes;
}

/** `pictures DELAY-MS MISSING [ADDRESS PORT]`: serves `/1/picture.pgm` to `/10/picture.pgm`, each so long after it was asked for; one of them it does not have (0: it has all). */
export const pictures: Program = async (sys, argv) => {
  const [delayNs, missing] = [Number(argv[1]) * MS, Number(argv[2])];
  const place = { address: argv[3] ?? '0.0.0.0', port: Number(argv[4] ?? PORT) };
  await serveRequests(sys, place, { program: 'pictures' }, ({ head: { target } }) => {
    const number = Number(/^\/(\d+)\/picture\.pgm(?:\?|$)/.exec(target)?.[1] ?? 0);
    if (number < 1 || number > COUNT || number === missing)
      return { status: 404, type: 'text/plain', body: encodeUtf8('none\n'), when: delayNs };
    return { status: 200, type: 'application/octet-stream', body: picture(number), when: delayNs };
  });
  return 0;
};

/** The same calls, each request costing so much of the processor as an interpreter spends on it (`WORK_US` in the environment). */
async function interpreted(sys: Sys): Promise<Sys> {
  const workNs = Number((await sys.getenv()).WORK_US ?? 0) * 1000;
  return sysWith(sys, {
    send: async (fd, data, flags) => {
      await sys.cpu(workNs);
      return sys.send(fd, data, flags);
    },
  });
}

type Entry = (sys: Sys, ...args: never[]) => Promise<unknown>;

/** `download`, in main and in every thread and process. */
export const retrieve: ProgramModule = {
  main: async (sys, argv) => download.main(await interpreted(sys), ['download', ...argv.slice(1)]),
  worker: async (sys, ...args) => (download.worker as Entry)(await interpreted(sys), ...args),
  child: async (sys, ...args) => (download.child as Entry)(await interpreted(sys), ...args),
};

/** A client that blocks, as any does that knows nothing of reactors: the body behind a path. */
async function get(sys: Sys, address: string, path: string): Promise<Uint8Array> {
  const fd = await connectTo(sys, address, PORT);
  await sendAll(sys, fd, encodeUtf8(`GET ${path} HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
  const response = await receiveToEnd(sys, fd);
  await sys.close(fd);
  return response.subarray(decodeUtf8(response.subarray(0, 1000)).indexOf('\r\n\r\n') + 4);
}

const NUMBERS = Array.from({ length: COUNT }, (_, i) => i + 1);
const pathOf = (number: number): string => `/${number}/picture.pgm`;

/** `loop ADDRESS same|own`: the notes' serial loop, all files under one name or each under its own. */
export const loop: Program = async (sys, argv) => {
  for (const number of NUMBERS) {
    const name = argv[2] === 'own' ? `xxx-${number}.pgm` : 'xxx.pgm';
    await writeFile(sys, name, await get(sys, argv[1]!, pathOf(number)));
  }
  return 0;
};

/**
 * `twisted ADDRESS variable|contents all|success|first MISSING`: the notes' program for an event loop. Its callbacks ask again for what a variable names, which
 * by then is the last path, or take what has come. The loop is stopped when all have come, only if all went well, or by the first.
 */
export const twisted: Program = async (sys, argv) => {
  const [address = '', source, stop] = argv.slice(1);
  const reactor = await Reactor.create(sys);
  const server = { family: 'inet', address, port: PORT } as const;
  const pages: Deferred[] = [];
  let path = '';
  for (const number of NUMBERS) {
    path = pathOf(number);
    const page = await getPage(reactor, server, path);
    await page.addCallback(async (contents: Uint8Array) => {
      const bytes = source === 'variable' ? await get(sys, address, path) : contents;
      await writeFile(sys, `page-${number}.pgm`, bytes);
    });
    pages.push(page);
  }
  const list = await deferredList(reactor, pages, {
    consumeErrors: true,
    fireOnOneErrback: stop === 'success',
    fireOnOneCallback: stop === 'first',
  });
  const end = () => reactor.stop();
  await (stop === 'success' ? list.addCallbacks(end, () => undefined) : list.addBoth(end));
  await reactor.run();
  await print(sys, 'the reactor has stopped\n');
  return 0;
};
