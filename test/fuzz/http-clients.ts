/** What the HTTP clients in the manner of Python read from others: responses, URLs, robots.txt. Whatever comes ends in a value or in one of their exceptions. */
import { latin1Bytes } from '@netarium/userland/http/message.ts';
import { Robots } from '@netarium/userland/http/robots.ts';
import { HTTPException } from '@netarium/userland/runtimes/http-client/errors.ts';
import { HTTPResponse as PlainResponse } from '@netarium/userland/runtimes/http-client/response.ts';
import { decodeText, encodingFromHeaders, guessEncoding } from '@netarium/userland/runtimes/requests/encoding.ts';
import { JsonError, loads } from '@netarium/userland/runtimes/requests/json.ts';
import { requoteUri } from '@netarium/userland/runtimes/requests/prepared-request.ts';
import { urljoin, urlsplit } from '@netarium/userland/runtimes/urllib/parse.ts';
import { HTTPError, LocationParseError } from '@netarium/userland/runtimes/urllib3/errors.ts';
import { HTTPResponse } from '@netarium/userland/runtimes/urllib3/response.ts';
import { Retry } from '@netarium/userland/runtimes/urllib3/retry.ts';
import { encodeTarget, formatUrl, parseUrl, requestUri } from '@netarium/userland/runtimes/urllib3/url.ts';
import { answers } from '../http-clients/answers.ts';
import type { Target } from './engine.ts';

/** A peer that sends the bytes in pieces of this size, and closes. */
function peer(bytes: Uint8Array, piece: number): () => Promise<Uint8Array> {
  let at = 0;
  return async () => {
    const part = bytes.subarray(at, at + piece);
    at += part.length;
    return part;
  };
}

/** What a client makes of it: status, length of body, or the exception's name. */
async function readPlain(bytes: Uint8Array, piece: number): Promise<string> {
  try {
    const response = await new PlainResponse(peer(bytes, piece), 'GET').begin();
    return `${response.status} ${response.headers.size} ${(await response.read()).length} ${response.willClose}`;
  } catch (error) {
    if (!(error instanceof HTTPException)) throw error;
    return `${error.name}: ${error.message}`;
  }
}

async function readDecoded(bytes: Uint8Array): Promise<string> {
  const lender = { name: 'pool', giveBack: async () => {} };
  let length = 0;
  try {
    const plain = await new PlainResponse(peer(bytes, 1000), 'GET').begin();
    const response = new HTTPResponse(plain, '/', new Retry(), lender);
    for await (const part of response.stream(64, true)) length += part.length;
    const encoding = encodingFromHeaders(response.headers);
    return `${plain.status} ${encoding ?? guessEncoding(bytes)} ${response.getRedirectLocation() !== undefined}`;
  } catch (error) {
    if (!(error instanceof HTTPError || error instanceof HTTPException)) throw error;
    return `${error.name} after ${length > 0}`;
  }
}

const withoutNumbers = (text: string): string => text.replace(/\d+/g, '').slice(0, 80);

/** Responses: the same outcome however the bytes were cut. */
export const responses: Target = {
  name: 'http responses',
  corpus: () => Object.values(answers).map(({ raw }) => (raw.length > 2000 ? raw.slice(0, 2000) : raw)),
  async run(input) {
    const bytes = latin1Bytes(input);
    const whole = await readPlain(bytes, Math.max(1, bytes.length));
    const pieces = await readPlain(bytes, 3);
    if (whole !== pieces) throw new Error(`whole: ${whole}; in pieces: ${pieces}`);
    return withoutNumbers(`${whole} ${await readDecoded(bytes)}`);
  },
};

const URLS = [
  'http://user:p%40ss@www.example.test:8080/a/./b/../c?x=1&y=%zz#part',
  'http://[2001:db8::1]:80/',
  'http://中国.测试/路径?键=值',
  'HTTP://A.b/%7e%2f?a b#c d',
  '//host/path',
  '/just/a/path?query',
  'file:///etc/hosts',
  'mailto:a@b',
  'http://a:99999/',
];
const ROBOTS = 'User-agent: *\nDisallow: /a*b$\nAllow: /a\nCrawl-delay: 2\n';

/** URLs: normalised once they stay as they are, and a request line holds only what may stand there. */
export const urls: Target = {
  name: 'client urls',
  corpus: () => [...URLS, ROBOTS, '{"a": [1, 2.5e3, "\\u4e2d"], "b": {"c": null}}', '[[[[{"x": true}]]]]'],
  run(input) {
    const { scheme, netloc } = urlsplit(input);
    const joined = urljoin('http://base/a/b?c', input);
    const robots = Robots.parse(input).allowed('bot/1.0', `/${input}`);
    const outcome = `${scheme !== ''} ${netloc !== ''} ${joined === input} ${robots} ${jsonOutcome(input)}`;
    if (/[^!-~]/.test(requoteUri(input))) throw new Error(`${requoteUri(input)} is no ASCII`);
    try {
      const parsed = parseUrl(input);
      const again = formatUrl(parsed);
      const target = encodeTarget(requestUri(parsed).replace(/^(?!\/)/, '/'));
      if (parsed.scheme === 'http' && /[^!-~]/.test(target)) throw new Error(`${target} in a request line`);
      const hosted = parsed.scheme === 'http' && parsed.host !== undefined && parsed.host !== '';
      if (hosted && formatUrl(parseUrl(again)) !== again) throw new Error(`${again} changes again`);
      return `${outcome} ${parsed.scheme === 'http'} ${parsed.port !== undefined} ${parsed.auth !== undefined}`;
    } catch (error) {
      if (!(error instanceof LocationParseError)) throw error;
      return `${outcome} ${error.name}`;
    }
  },
};

function jsonOutcome(text: string): string {
  try {
    return typeof loads(text);
  } catch (error) {
    if (error instanceof JsonError) return withoutNumbers(error.message.split(':')[0]!);
    if (error instanceof RangeError) return error.name;
    throw error;
  }
}

/** Texts in any encoding that a response may claim. */
export const encodings: Target = {
  name: 'text encodings',
  corpus: () => [
    'utf-8 中文',
    'utf-16 \xff\xfea\x00',
    'latin-1 \xe4',
    'windows-1252 \x80',
    'ascii \x80',
    'gbk x',
    'nonsense x',
  ],
  run(input) {
    const [name = '', ...rest] = input.split(' ');
    const bytes = latin1Bytes(rest.join(' '));
    try {
      return `${name.slice(0, 12)} ${decodeText(bytes, name) === undefined} ${guessEncoding(bytes)}`;
    } catch (error) {
      const { message } = error as Error;
      if (!message.includes('is not carried')) throw error;
      return message;
    }
  },
};
