/**
 * `redis-cli [-h HOST] [-p PORT] [COMMAND ARG...]`: one command, or those on standard input, a line each; replies as redis-cli prints them to a pipe: raw text,
 * an element per line. Exit code 1 where it cannot connect.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { resolveHost } from '../lib/resolver.ts';
import { encodeRequest, fromBytes, type Reply, readReply, splitWords, toBytes } from './resp.ts';

const READ_SIZE = 65_536;

const USAGE = `Usage: redis-cli [-h HOST] [-p PORT] [COMMAND ARG...]
  -h HOST  the server's name or address (127.0.0.1)
  -p PORT  its port (6379)
Without a command, those on standard input, a line each.
`;

interface Options {
  readonly host: string;
  readonly port: number;
  readonly command: readonly string[];
}

export const redisCli: Program = async (sys, argv) => {
  if (argv[1] === '--help') {
    await sys.write(1, toBytes(USAGE));
    return 0;
  }
  const options = optionsOf(argv.slice(1));
  const say = (fd: number, text: string): Promise<number> => sys.write(fd, toBytes(text));
  if (typeof options === 'string') {
    await say(2, `${options}\n`);
    return 1;
  }
  const connection = await connect(sys, options);
  if (typeof connection === 'string') {
    await say(2, `Could not connect to Redis at ${options.host}:${options.port}: ${connection}\n`);
    return 1;
  }
  const requests = options.command.length > 0 ? [options.command] : await requestsOf(sys);
  for (const words of requests) {
    if (words.length === 0) continue;
    await connection.request(words, (reply) => say(1, `${plain(reply)}\n`));
  }
  await sys.close(connection.fd);
  return 0;
};

function optionsOf(words: readonly string[]): Options | string {
  let host = '127.0.0.1';
  let port = 6379;
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at += 2) {
    const value = words[at + 1];
    if (words[at] !== '-h' && words[at] !== '-p')
      return `Unrecognized option or bad number of args for: '${words[at]}'`;
    if (value === undefined) return `Unrecognized option or bad number of args for: '${words[at]}'`;
    if (words[at] === '-h') host = value;
    else port = Number(value);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return 'Invalid server port.';
  return { host, port, command: words.slice(at).map((word) => fromBytes(encodeUtf8(word))) };
}

async function requestsOf(sys: Sys): Promise<readonly (readonly string[])[]> {
  let input = '';
  for (let bytes = await sys.read(0, READ_SIZE); bytes.length > 0; bytes = await sys.read(0, READ_SIZE))
    input += fromBytes(bytes);
  return input.split('\n').map((line) => splitWords(line) ?? ['Invalid', 'argument(s)']);
}

/** As redis-cli writes to what is no terminal. */
function plain(reply: Reply): string {
  if (reply === null) return '';
  if (typeof reply !== 'object') return String(reply);
  if (Array.isArray(reply)) return (reply as readonly Reply[]).map(plain).join('\n');
  if ('status' in reply) return reply.status;
  return 'error' in reply ? `${reply.error}\n` : '';
}

async function connect(sys: Sys, { host, port }: Options): Promise<Connection | string> {
  const found = await resolveHost(sys, host);
  if (found.kind === 'error') return found.text;
  const fd = await sys.socket('inet', 'stream');
  try {
    await sys.connect(fd, { family: 'inet', address: found.addresses[0]!, port });
  } catch (error) {
    if (error instanceof SysError) return error.reason.text;
    throw error;
  }
  return new Connection(sys, fd);
}

class Connection {
  private buffer = '';

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
  ) {}

  /** Sends a request and tells its reply; after SUBSCRIBE all that comes until the server hangs up. */
  async request(words: readonly string[], tell: (reply: Reply) => Promise<unknown>): Promise<void> {
    const bytes = toBytes(encodeRequest(words));
    for (let sent = 0; sent < bytes.length; ) sent += await this.sys.send(this.fd, bytes.subarray(sent));
    const endless = words[0]!.toLowerCase() === 'subscribe';
    do {
      const reply = await this.reply();
      if (reply === undefined) return;
      await tell(reply);
    } while (endless);
  }

  private async reply(): Promise<Reply | undefined> {
    for (;;) {
      const read = this.buffer === '' ? undefined : readReply(this.buffer, 0);
      if (read !== undefined) {
        this.buffer = this.buffer.slice(read.end);
        return read.reply;
      }
      const bytes = await this.sys.recv(this.fd, READ_SIZE);
      if (bytes.length === 0) return undefined;
      this.buffer += fromBytes(bytes);
    }
  }
}
