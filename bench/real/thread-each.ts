/**
 * npx tsx bench/real/thread-each.ts [--connections 200]: `echo-server --model threads` on this machine's kernel, a thread for each connection, and one connection after the
 * other: what each costs by the clock and in CPU time of the server.
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { start } from '../../test/real/netarium.ts';
import { cpuSeconds } from './cpu-seconds.ts';

/** The first ones find no worker that is warm. */
const WARMING = 10;

const { values } = parseArgs({ options: { connections: { type: 'string', default: '200' } } });

/** Connects, has a line echoed, and closes. */
function echoed(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('hello\n'));
    socket.on('data', () => socket.end());
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
}

const server = await start(['echo-server', '--model', 'threads', '--port', '0']);
const port = Number(await server.port());
const { pid } = server.child;
for (let i = 0; i < WARMING; i++) await echoed(port);
const [fromMs, fromCpu] = [performance.now(), cpuSeconds(pid!)];
const connections = Number(values.connections);
for (let i = 0; i < connections; i++) await echoed(port);
const wallMs = (performance.now() - fromMs) / connections;
const cpuMs = ((cpuSeconds(pid!) - fromCpu) * 1000) / connections;
console.log(
  `${connections} connections, a thread for each: ${wallMs.toFixed(2)} ms and ${cpuMs.toFixed(2)} CPU ms each`,
);
server.child.kill();
