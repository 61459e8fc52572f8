/** poll: every event by its bit, on pipes and sockets; numbers beyond 1024. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const NAMES = ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'NVAL', 'RDHUP'] as const;
const MS = 1_000_000;

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const look = async (label: string, fd: number, events: number, ms = 0): Promise<void> => {
      const [found] = await sys.poll([{ fd, events }], ms * MS);
      const bits = found?.revents ?? 0;
      trace.at(`${label} ${NAMES.filter((name) => (bits & POLL[name]) !== 0).join('|') || 'nothing'}`);
    };
    const [r, w] = await sys.pipe();
    await look('empty pipe', r, POLL.IN);
    await look('writer', w, POLL.OUT);
    await look('time out', r, POLL.IN, 20);
    await sys.write(w, encodeUtf8('x'));
    await look('data', r, POLL.IN);
    await look('data not asked for', r, 0);
    await sys.setrlimit('RLIMIT_NOFILE', { soft: 8192, hard: (await sys.getrlimit('RLIMIT_NOFILE')).hard });
    await sys.dup2(r, 5000);
    await look('descriptor 5000', 5000, POLL.IN);
    await sys.close(5000);
    await sys.close(w);
    await look('writer gone', r, POLL.IN);
    await sys.read(r, 10);
    await look('writer gone, read', r, POLL.IN);
    const [r2, w2] = await sys.pipe();
    await sys.close(r2);
    await look('reader gone', w2, POLL.OUT);
    await sys.close(w2);
    await look('closed', w2, POLL.OUT);
    const server = await sys.socket('inet', 'stream');
    await look('new socket', server, POLL.IN | POLL.OUT);
    await sys.bind(server, { family: 'inet', address: '127.0.0.1', port: 0 });
    await sys.listen(server, 128);
    await look('listening', server, POLL.IN);
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, await sys.getsockname(server));
    await look('caller', server, POLL.IN, 1000);
    const { fd: accepted } = await sys.accept(server);
    await look('connected', client, POLL.IN | POLL.OUT | POLL.RDHUP);
    await sys.send(accepted, encodeUtf8('hi'));
    await look('answered', client, POLL.IN | POLL.RDHUP, 1000);
    await sys.shutdown(accepted, 'write');
    await sys.recv(client, 10);
    await look('until it is half closed', client, POLL.RDHUP, 1000);
    await look('half closed', client, POLL.IN | POLL.OUT | POLL.RDHUP, 1000);
    await sys.shutdown(client, 'write');
    await sys.recv(accepted, 10);
    await look('until it is closed', client, 0, 1000);
    await look('closed both ways', client, POLL.IN | POLL.OUT | POLL.RDHUP, 1000);
    for (const fd of [client, accepted, server]) await sys.close(fd);
    return 0;
  },
} satisfies Pair;
