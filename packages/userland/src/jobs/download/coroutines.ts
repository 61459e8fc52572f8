/** Greenlets in one thread: `spawn` for each lane, `joinall` for all. The client is the one that waits; its calls are patched to wait at the hub. */
import { Hub } from '../../runtimes/gevent.ts';
import { patchAll } from '../../runtimes/monkey.ts';
import { Fetcher } from './fetch.ts';
import { WaitMeter } from './wait-meter.ts';
import { lane, type Way } from './way.ts';

export const coroutines: Way = async (run) => {
  const meter = await WaitMeter.create(run.sys);
  const hub = await Hub.create(meter.sys);
  const calls = patchAll(hub);
  await run.began();
  const greenlets = Array.from({ length: run.concurrency }, () =>
    hub.spawn(() => lane(run, calls, new Fetcher(calls, run.settings, meter), 'main')),
  );
  await hub.joinAll(greenlets, { raiseError: true });
  await hub.close();
  return [await meter.use('main')];
};
