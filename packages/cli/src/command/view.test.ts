import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answersWith } from './view.ts';

let server: Server;
beforeAll(async () => {
  server = createServer(answersWith(Buffer.from('<page>')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

/** Status and body of what the server says to a request line. */
function answer(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('data', (data) => (said += String(data))).on('error', reject);
    socket.on('end', () => resolve(`${said.split(' ')[1]} ${said.split('\r\n\r\n')[1]}`));
    socket.end(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  });
}

test.each([
  ['GET /', '200 <page>'],
  ['GET /?again', '200 <page>'],
  ['HEAD /', '200 '],
  ['POST /', '404 '],
  ['GET /favicon.ico', '404 '],
  ['GET //', '404 '],
  ['GET http://[', '404 '],
  ['GET //%', '404 '],
])('%s', async (line, said) => expect(await answer(line)).toBe(said));
