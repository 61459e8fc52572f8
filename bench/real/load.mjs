/**
 * A load generator in a process of its own: `node load.mjs PORT PATH CONNECTIONS SECONDS`. So many kept-alive connections, one request under way on each;
 * it reads by counting bytes (every response is as long as the first), so that it costs the machine less than any server. Prints a line of JSON.
 */
import { connect } from 'node:net';

const [port, path, connections, seconds] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const request = Buffer.from(
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n`,
);

/** Bytes of one whole response: head, then what Content-Length or the chunks say. */
function wholeLength(bytes) {
  const text = bytes.toString('latin1');
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1];
  if (length !== undefined) return head + 4 + Number(length);
  const end = text.indexOf('\r\n0\r\n\r\n', head);
  return end < 0 ? undefined : end + 7;
}

function first() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
    let seen = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (data) => {
      seen = Buffer.concat([seen, data]);
      const length = wholeLength(seen);
      if (length === undefined || seen.length < length) return;
      socket.destroy();
      resolve({ length, status: seen.toString('latin1', 9, 12) });
    });
  });
}

const { length, status } = await first();
let done = 0;
let broken = 0;
let running = true;
const sockets = Array.from({ length: connections }, () => {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true }, () => socket.write(request));
  let left = length;
  socket.on('error', () => broken++);
  socket.on('close', () => running && broken++);
  socket.on('data', (data) => {
    left -= data.length;
    if (left > 0) return;
    left = length;
    done++;
    if (running) socket.write(request);
  });
  return socket;
});
// What is slow at the beginning, on both sides, is not counted.
await new Promise((resolve) => setTimeout(resolve, 1000));
const [from, fromNs] = [done, process.hrtime.bigint()];
process.send?.('start');
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const result = {
  requests: done - from,
  seconds: Number(process.hrtime.bigint() - fromNs) / 1e9,
  length,
  status,
  broken,
};
process.send?.('stop');
running = false;
for (const socket of sockets) socket.destroy();
console.log(JSON.stringify(result));
process.disconnect?.();
