/** `logger put|put_nowait CALLERS RECORDS MAXSIZE MS`: threads log records through a bounded queue; one writer takes MS for each batch of a hundred. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import { Queue } from '@netarium/userland/runtimes/threading/queue.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { joinAll, startThreads } from '../lib/python-threads.ts';

export const FILE = '/var/log/app.log';
const BATCH = 100;

export const logger = python('3.11', {
  async main(py, [, how, callers, records, maxsize, batchMs]) {
    const queue = await Queue.create(py, Number(maxsize));
    const [waited, lost] = [await py.sys.cell_create(0), await py.sys.cell_create(0)];
    const writer = await Thread.create(py, { target: 'write', args: [queue, Number(batchMs)], name: 'writer' });
    await writer.start();
    const each = Number(records) / Number(callers);
    const starts = Array.from({ length: Number(callers) }, (_, i) => ({
      target: 'call',
      args: [queue, how === 'put', i, each, waited, lost],
      name: `caller ${i}`,
    }));
    await joinAll(await startThreads(py, starts));
    await queue.put(null);
    await writer.join();
    const [longestNs, dropped] = [await py.sys.cell_load(waited), await py.sys.cell_load(lost)];
    await py.print('longest wait', Math.round((longestNs as number) / 1000), 'us;', 'dropped', dropped);
  },
  async call(py, queue: Queue, block: boolean, caller: number, records: number, waited: number, lost: number) {
    let longestNs = 0;
    for (let i = 0; i < records; i++) {
      const before = await py.monotonicNs();
      try {
        await queue.put(`${caller} ${i}`, block);
      } catch {
        await py.sys.cell_add(lost, 1);
      }
      longestNs = Math.max(longestNs, (await py.monotonicNs()) - before);
      if (i % 50 === 49) await py.sleep(0.005);
    }
    const before = (await py.sys.cell_load(waited)) as number;
    if (longestNs > before) await py.sys.cell_store(waited, longestNs);
  },
  async write(py, queue: Queue, batchMs: number) {
    const fd = await py.sys.open(FILE, { write: true, create: true, append: true });
    for (let over = false; !over; ) {
      const first = await queue.get();
      over = first === null;
      let lines = over ? '' : `${first}\n`;
      for (let i = 1; i < BATCH && !over && !(await queue.empty()); i++) {
        const next = await queue.get();
        over = next === null;
        if (!over) lines += `${next}\n`;
      }
      await py.sleep(batchMs / 1000);
      await py.sys.write(fd, encodeUtf8(lines));
    }
    await py.sys.close(fd);
  },
});
