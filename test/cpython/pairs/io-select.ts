/** select: the sets come back with what is ready; a number that no set holds, and a closed one. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Pair } from '../pair.ts';

const yes = (value: boolean): string => (value ? 'True' : 'False');

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const [r1, w1] = await sys.pipe();
    const [r2, w2] = await sys.pipe();
    let ready = await sys.select({ read: [r1, r2], write: [w1, w2] }, 0);
    trace.at(`empty ${yes(ready.read.length === 0)} ${yes(ready.write.join() === `${w1},${w2}`)}`);
    await sys.write(w1, encodeUtf8('x'));
    ready = await sys.select({ read: [r1, r2], except: [r1] }, -1);
    trace.at(`one ${yes(ready.read.join() === `${r1}`)} ${yes(ready.except.length === 0)}`);
    await sys.read(r1, 10);
    ready = await sys.select({ read: [r1, r2] }, 20_000_000);
    trace.at(`time out ${yes(ready.read.length + ready.write.length + ready.except.length === 0)}`);
    await sys.close(w1);
    ready = await sys.select({ read: [r1, r2] }, -1);
    const rest = await sys.read(r1, 10);
    trace.at(`end of file ${yes(ready.read.join() === `${r1}`)} ${rest.length === 0 ? "b''" : 'data'}`);
    await sys.close(r2);
    ready = await sys.select({ write: [w2] }, -1);
    trace.at(`no reader ${yes(ready.write.join() === `${w2}`)}`);
    await sys.close(w2);
    try {
      await sys.select({ read: [w2] }, 0);
    } catch (error) {
      trace.raised(error);
    }
    await sys.dup2(r1, 1023);
    trace.at(`1023 [${(await sys.select({ read: [1023] }, 0)).read}]`);
    return 0;
  },
} satisfies Pair;
