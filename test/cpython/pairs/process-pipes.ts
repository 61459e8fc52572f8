import { type Connection, Pipe } from '@netarium/userland/runtimes/multiprocessing/connection.ts';
import { Process } from '@netarium/userland/runtimes/multiprocessing/process.ts';
import { text } from '@netarium/userland/runtimes/threading/python.ts';
import type { Pair } from '../pair.ts';
import { pyMain } from '../python-pair.ts';

export default {
  order: 'total',
  main: pyMain((marks) => ({
    async main(py) {
      const [one, other] = await Pipe(py);
      const child = await Process.create(py, { target: 'answer', args: [other, one] });
      await child.start();
      await other.close();
      await one.send([1, 'two', null]);
      marks.at(py, `${await one.recv()} ${((await one.recv()) as { long: string }).long.length}`);
      await child.join();
      marks.at(py, text(await one.poll(0.05)));
      await marks.raises(py, () => one.recv());
      await marks.raises(py, () => one.send('x'));
      const [reader, writer] = await Pipe(py, false);
      await marks.raises(py, () => reader.send(1));
      await marks.raises(py, () => writer.recv());
      marks.at(py, `${text(await reader.poll())} ${text(await reader.poll(0.05))}`);
      await writer.send('there');
      marks.at(py, `${text(await reader.poll())} ${await reader.recv()}`);
      await reader.close();
      await marks.raises(py, () => reader.recv());
      await marks.raises(py, () => writer.send('x'));
    },
    async answer(_py, connection: Connection, other: Connection) {
      await other.close();
      const question = (await connection.recv()) as unknown[];
      await connection.send(question.length);
      await connection.send({ long: 'x'.repeat(50000) });
    },
  })),
} satisfies Pair;
