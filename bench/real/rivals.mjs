/** What our servers are measured against, on node:http: `node rivals.mjs memory FILE`, `files DIRECTORY`, `proxy PORT`. Says `listening on 127.0.0.1:PORT`. */
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { join } from 'node:path';

const [way, what] = process.argv.slice(2);

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const ways = {
  /** The least that a node:http server can do. */
  memory() {
    const body = readFileSync(what);
    return (_incoming, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length });
      response.end(body);
    };
  },
  /** A file server of a few lines. */
  files: () => async (incoming, response) => {
    const path = join(what, incoming.url);
    const { size, mtime } = await stat(path);
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': size,
      'Last-Modified': mtime.toUTCString(),
    });
    createReadStream(path).pipe(response);
  },
  proxy: () => (incoming, response) => {
    const options = {
      agent,
      host: '127.0.0.1',
      port: what,
      path: incoming.url,
      method: incoming.method,
      headers: incoming.headers,
    };
    const outgoing = request(options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  },
};
const server = createServer(ways[way]());
server.listen(0, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
