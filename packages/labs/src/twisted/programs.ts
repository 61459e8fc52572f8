/** Ten pictures from ten web servers: one after the other, and by a reactor; with a missing one, and with a callback that blocks. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { print, writeFile } from '@netarium/userland/lib/stdio.ts';
import { type Deferred, deferredList, type Failure } from '@netarium/userland/runtimes/twisted/deferred.ts';
import { getPage } from '@netarium/userland/runtimes/twisted/get-page.ts';
import { Reactor } from '@netarium/userland/runtimes/twisted/reactor.ts';
import { connectTo, receiveToEnd, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;

const serverOf = (number: number): SockAddrIn => ({ family: 'inet', address: `10.0.0.${100 + number}`, port: 80 });
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

async function told(sys: Sys, startNs: number, line: string): Promise<void> {
  const ms = Math.round(((await sys.clock_gettime('monotonic')) - startNs) / MS);
  await print(sys, `${ms} ms: ${line}\n`);
}

/** A download that blocks, as any client does that knows nothing of reactors. */
async function blockingDownload(sys: Sys, { address, port }: SockAddrIn, path: string): Promise<Uint8Array> {
  const fd = await connectTo(sys, address, port);
  await sendAll(sys, fd, encodeUtf8(`GET ${path} HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
  const response = await receiveToEnd(sys, fd);
  await sys.close(fd);
  return response.subarray(decodeUtf8(response.subarray(0, 2000)).indexOf('\r\n\r\n') + 4);
}

/** `in-turn`: the ten pictures one after the other. */
export const inTurn: Program = async (sys) => {
  const startNs = await sys.clock_gettime('monotonic');
  let whole = 0;
  for (const number of NUMBERS) {
    const picture = await blockingDownload(sys, serverOf(number), '/picture');
    await writeFile(sys, `picture-${number}`, picture);
    whole += picture.length;
  }
  await told(sys, startNs, `10 pictures, ${whole} bytes`);
  return 0;
};

/**
 * `reacting BAD again|kept own|same WAIT-MS`: a Deferred for each picture and a list over all; files of their own, or all under one name; so long between making the
 * Deferreds and running the reactor. Server BAD is asked for a page that it does not have (0: none is). `again`: the
 * callback does not use what came but downloads the picture once more, by a client that blocks (the notes' fault).
 */
export const reacting: Program = async (sys, argv) => {
  const [bad, how, names, waitMs] = [Number(argv[1]), argv[2], argv[3], Number(argv[4])];
  const startNs = await sys.clock_gettime('monotonic');
  const reactor = await Reactor.create(sys);
  await heartbeat(reactor, startNs);
  const pictures: Deferred[] = [];
  for (const number of NUMBERS) {
    const server = serverOf(number);
    const picture = await getPage(reactor, server, number === bad ? '/missing' : '/picture');
    await picture.addCallback(async (body: Uint8Array) => {
      const content = how === 'again' ? await blockingDownload(sys, server, '/picture') : body;
      await writeFile(sys, names === 'own' ? `picture-${number}` : 'picture', content);
      return content.length;
    });
    await picture.addErrback(async (failure: Failure) => {
      await told(sys, startNs, `errback for picture ${number}: ${failure.message}`);
      return 0;
    });
    pictures.push(picture);
  }
  const list = await deferredList(reactor, pictures);
  await list.addBoth(async (results: readonly (readonly [boolean, number])[]) => {
    const sizes = results.map(([, size]) => size).filter((size) => size > 0);
    await told(sys, startNs, `${sizes.length} pictures, ${sizes.reduce((sum, size) => sum + size, 0)} bytes`);
    reactor.stop();
  });
  await told(sys, startNs, 'the Deferreds are made');
  if (waitMs > 0) await sys.nanosleep(waitMs * MS);
  await reactor.run();
  return 0;
};

/** A call every 100 ms that tells when it comes late: whatever blocks the reactor shows here. */
async function heartbeat(reactor: Reactor, startNs: number): Promise<void> {
  const everyNs = 100 * MS;
  const beat = (dueNs: number) => async () => {
    const nowNs = await reactor.sys.clock_gettime('monotonic');
    const lateMs = Math.round((nowNs - dueNs) / MS);
    if (lateMs > 1) await told(reactor.sys, startNs, `a call of the reactor comes ${lateMs} ms late`);
    await reactor.callLater(everyNs, beat(nowNs + everyNs));
  };
  await reactor.callLater(everyNs, beat((await reactor.sys.clock_gettime('monotonic')) + everyNs));
}
