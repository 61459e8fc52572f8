/** One after the other, in one thread: `for url in urls`. */
import { Fetcher } from './fetch.ts';
import { WaitMeter } from './wait-meter.ts';
import { lane, type Way } from './way.ts';

export const serial: Way = async (run) => {
  const meter = await WaitMeter.create(run.sys);
  await run.began();
  await lane(run, meter.sys, new Fetcher(meter.sys, run.settings, meter), 'main');
  return [await meter.use('main')];
};
