/**
 * A server on loopback for the benches of downloads, by node:http: `picture-server.mjs DELAY_MS BYTES`. A path that begins with `/missing` is answered with 404, one with
 * `/stalls` never. Prints its port; ends with its standard input.
 */
import { createServer } from 'node:http';

const [delayMs, bytes] = process.argv.slice(2).map(Number);
const body = Buffer.alloc(bytes, 'x');

const server = createServer({ keepAliveTimeout: 60_000 }, ({ url }, response) => {
  if (url.startsWith('/stalls')) return;
  const answer = () => {
    response.writeHead(url.startsWith('/missing') ? 404 : 200, { 'Content-Type': 'image/png' });
    response.end(body);
  };
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit(0));
