/**
 * A bank of two files, and a price list behind a web server. The functions `transfer` and `price` stay as they are; log, timing, transaction, cache and
 * permission are put around them.
 */
import { E, SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print, readText, withFile, writeAll, writeFile } from '@netarium/userland/lib/stdio.ts';
import {
  type AsyncFunction,
  type Decorator,
  decorate,
  lruCache,
  wraps,
} from '@netarium/userland/runtimes/decorators.ts';
import { connectTo, receiveToEnd, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;
const FOLDER = '/srv/bank/';

type Transfer = AsyncFunction<[from: string, to: string, amount: number], string>;

const balanceOf = async (sys: Sys, name: string): Promise<number> => Number(await readText(sys, FOLDER + name));

/** Takes from one account and gives to the other; a missing account shows only after the taking. Takes 50 ms of work. */
function bank(sys: Sys): Transfer {
  return async function transfer(from, to, amount) {
    await writeFile(sys, FOLDER + from, String((await balanceOf(sys, from)) - amount));
    await sys.cpu(50 * MS);
    await writeFile(sys, FOLDER + to, String((await balanceOf(sys, to)) + amount));
    return `${amount} from ${from} to ${to}`;
  };
}

type Around = (sys: Sys) => Decorator<Parameters<Transfer>, string>;

/** Writes a line before and after, with the name of what it wraps. */
const logged: Around = (sys) => (wrapped) =>
  wraps<Transfer>(wrapped, async (...args) => {
    await append(sys, '/var/log/bank', `${wrapped.name}(${args.join(', ')})\n`);
    try {
      const result = await wrapped(...args);
      await append(sys, '/var/log/bank', `${wrapped.name} returns\n`);
      return result;
    } catch (error) {
      await append(sys, '/var/log/bank', `${wrapped.name} raises ${(error as Error).message}\n`);
      throw error;
    }
  });

const timed: Around = (sys) => (wrapped) =>
  wraps<Transfer>(wrapped, async (...args) => {
    const startNs = await sys.clock_gettime('monotonic');
    try {
      return await wrapped(...args);
    } finally {
      const tookNs = (await sys.clock_gettime('monotonic')) - startNs;
      await print(sys, `${wrapped.name} took ${Math.round(tookNs / MS)} ms\n`);
    }
  });

/** All or nothing: the accounts' files are put back when the function raises. */
const transaction: Around = (sys) => (wrapped) =>
  wraps<Transfer>(wrapped, async (from, to, amount) => {
    const before = await readText(sys, FOLDER + from);
    try {
      return await wrapped(from, to, amount);
    } catch (error) {
      await writeFile(sys, FOLDER + from, before);
      throw error;
    }
  });

/** Refuses everybody but root. */
const permitted: Around = (sys) => (wrapped) =>
  wraps<Transfer>(wrapped, async (...args) => {
    if ((await sys.getuid()) !== 0) throw new SysError(E.EPERM, wrapped.name);
    return wrapped(...args);
  });

/** Around, and the name is lost. */
const nameless: Around = () => (wrapped) =>
  async function wrapper(...args) {
    return wrapped(...args);
  };

const DECORATORS: ReadonlyMap<string, Around> = new Map([
  ['log', logged],
  ['timing', timed],
  ['transaction', transaction],
  ['permission', permitted],
  ['nameless', nameless],
]);

async function append(sys: Sys, path: string, line: string): Promise<void> {
  await withFile(sys, path, { write: true, create: true, append: true }, (fd) => writeAll(sys, fd, line));
}

/** `transfer FROM TO AMOUNT DECORATOR…`: the decorators outermost first. */
export const transfer: Program = async (sys, argv) => {
  const [from = '', to = '', amount, ...names] = argv.slice(1);
  const around = names.map((name) => DECORATORS.get(name)!(sys));
  try {
    await print(sys, `${await decorate(bank(sys), ...around)(from, to, Number(amount))}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await print(sys, `${error.code}\n`);
    return 1;
  }
};

/** `prices ADDRESS cache|plain ITEM…`: asks the server for each, or for each different one. */
export const prices: Program = async (sys, argv) => {
  const [address = '', how, ...items] = argv.slice(1);
  async function price(item: string): Promise<string> {
    const fd = await connectTo(sys, address, 80);
    await sendAll(sys, fd, encodeUtf8(`GET /${item} HTTP/1.0\r\nHost: shop\r\n\r\n`));
    const response = decodeUtf8(await receiveToEnd(sys, fd));
    await sys.close(fd);
    return response.slice(response.indexOf('\r\n\r\n') + 4).trim();
  }
  const cached = lruCache(8)<[string], string>(price);
  const ask: AsyncFunction<[string], string> = how === 'cache' ? cached : price;
  for (const item of items) await print(sys, `${item} costs ${await ask(item)}\n`);
  const { hits, misses } = cached.cacheInfo();
  if (how === 'cache') await print(sys, `${hits} hits, ${misses} misses\n`);
  return 0;
};
