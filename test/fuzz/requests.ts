/** What servers and tools of the second kernel read: requests of Redis, regular expressions. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { RegexError } from '@netarium/userland/coreutils/regex/regex.ts';
import { WholeMatcher } from '@netarium/userland/coreutils/regex/whole-match.ts';
import { encodeReply, ProtocolError, type Reply, RequestParser, readReply } from '@netarium/userland/redis/resp.ts';
import { isWaiting, Session } from '@netarium/userland/redis/session.ts';
import { Shop } from '@netarium/userland/redis/shop.ts';
import type { Target } from './engine.ts';

const COMMANDS = [
  'SET a 1 EX 10\r\nGET a\r\nINCR a\r\nMGET a b\r\nMSET a 1 b 2\r\nGETDEL a',
  'RPUSH l a b c\r\nLRANGE l 0 -1\r\nLPOP l 2\r\nLREM l 0 a\r\nLTRIM l 1 -1\r\nBLPOP l 0\r\nLSET l 0 x\r\nLINDEX l -1',
  'MULTI\r\nINCR n\r\nEXEC\r\nSUBSCRIBE c\r\nPSUBSCRIBE a*\r\nPUBLISH c x\r\nRESET\r\nSELECT 3\r\nFLUSHALL',
  'HELLO 2 SETNAME x\r\nCLIENT GETNAME\r\nINFO\r\nCOMMAND INFO get\r\nAUTH a b\r\nKEYS [a-z]?*\r\nEXPIRE a 1\r\nTTL a\r\n',
  '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n',
  '*1\r\n$-1\r\n',
  'SET "a\\x41" \'b\'\r\n',
];

/** Any bytes: replies that a client can read, or an error of the protocol; the same however the bytes are cut. */
export const redisRequests: Target = {
  name: 'redis',
  corpus: () => COMMANDS,
  run(input) {
    const whole = replies([input]);
    const cut = replies([...input]);
    if (whole.join('') !== cut.join('')) throw new Error('cut into bytes, the requests have other replies');
    for (const reply of whole)
      if (readReply(reply, 0)?.end !== reply.length) throw new Error(`no reply: ${JSON.stringify(reply)}`);
    return whole.map((reply) => reply.replace(/\d+/g, '').slice(0, 24)).join();
  },
};

function replies(parts: readonly string[]): string[] {
  const out: string[] = [];
  const tell = (reply: Reply): void => void out.push(encodeReply(reply));
  const session = new Session(new Shop(() => 1_000_000), tell);
  const parser = new RequestParser();
  try {
    for (const part of parts) {
      parser.feed(part);
      for (let words = parser.next(); words !== undefined && !session.over; words = parser.next()) {
        const answer = words.length === 0 ? undefined : session.answer(words);
        if (answer !== undefined && !isWaiting(answer)) tell(answer);
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    out.push(`-ERR Protocol error: ${error.message}\r\n`);
  }
  return out;
}

const PAIRS = [
  '(a+)+b\naaaaaaaa',
  '[A-Za-z][A-Za-z0-9_]{2,19}\nalice',
  '(a|ab)(c|bcd)*\\1?\nabcd',
  '([a-z]+[.])+[a-z]{2,}\nwww.example.com',
  '^(a*|b?)*$|[[:digit:]]\naab',
  '(|a)+\\b.\n中',
];

/** An expression and a text: both engines have the same verdict, or the expression is refused. */
export const expressions: Target = {
  name: 'expressions',
  corpus: () => PAIRS,
  run(input) {
    const [pattern = '', ...rest] = decodeUtf8(encodeUtf8(input)).split('\n');
    const text = [...rest.join('\n')].slice(0, 60);
    try {
      const matcher = new WholeMatcher(pattern);
      const tried = matcher.backtracking(text, 20_000);
      const { outcome, reached } = matcher.automaton(text);
      if (tried.outcome !== 'stopped' && tried.outcome !== outcome)
        throw new Error(`the automaton says ${outcome}, backtracking ${tried.outcome}`);
      return `${outcome} ${tried.outcome} ${reached}`;
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      return error.message;
    }
  },
};
