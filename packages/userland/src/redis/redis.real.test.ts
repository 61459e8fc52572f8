/** The same requests to Debian's redis-server and to ours: reply for reply, byte for byte. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { Stream } from '@netarium/core/random/random.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeReply, encodeRequest, ProtocolError, type Reply, RequestParser } from './resp.ts';
import { isWaiting, Session } from './session.ts';
import { Shop } from './shop.ts';

const PORT = 17_379;
let server: ChildProcess;

beforeAll(async () => {
  server = spawn('redis-server', ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.stdout!.on('data', (text: Buffer) => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
  });
});

afterAll(() => void server.kill());

/** HELLO tells the number of the client, which depends on how many there were. */
const CLIENT_ID = /(\$2\r\nid\r\n:)\d+/g;

/** All that the real one sends to these bytes, up to the answer of a last ECHO, or the end of the connection. */
function real(bytes: string): Promise<string> {
  const mark = '-- that was all --';
  return new Promise((resolve, reject) => {
    let got = '';
    const socket = connect(PORT, '127.0.0.1', () => {
      socket.write(Buffer.from(encodeRequest(['FLUSHALL']) + bytes + encodeRequest(['ECHO', mark]), 'latin1'));
    });
    const done = (): void => {
      socket.destroy();
      resolve(got.replace('+OK\r\n', '').replace(encodeReply(mark), '').replace(CLIENT_ID, '$11'));
    };
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (got.endsWith(encodeReply(mark))) done();
    });
    socket.on('end', done);
    socket.on('error', reject);
  });
}

function ours(bytes: string): string {
  let got = '';
  const session = new Session(new Shop(() => 1_000_000), (reply: Reply) => {
    got += encodeReply(reply, session.protocol);
  });
  const parser = new RequestParser();
  parser.feed(bytes);
  try {
    for (let words = parser.next(); words !== undefined && !session.over; words = parser.next()) {
      const answer = words.length === 0 ? undefined : session.answer(words);
      if (isWaiting(answer)) throw new Error('a blocking pop in a comparison');
      if (answer !== undefined) got += encodeReply(answer, session.protocol);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    got += encodeReply({ error: `ERR Protocol error: ${error.message}` });
  }
  return got;
}

const INLINE: readonly string[] = [
  'PING',
  'ping hello',
  'PING a b',
  'SET a 1\r\nGET a',
  'SET a 1 NX\r\nSET a 2 NX\r\nSET b 1 XX\r\nGET a\r\nGET b',
  'SET a 1 EX 100\r\nTTL a\r\nPERSIST a\r\nTTL a\r\nPERSIST a',
  'SET a 1 EX 0\r\nSET a 1 EX x\r\nSET a 1 EX\r\nSET a 1 PX -5\r\nSET a 1 BOGUS',
  'SET a 1 EX 10 PX 10\r\nSET a 1 NX XX\r\nSET a 1 KEEPTTL EX 1',
  'SET a 1 GET\r\nSET a 2 GET\r\nSET a 3 NX GET\r\nGET a',
  'SET a 1 EX 100\r\nSET a 2 KEEPTTL\r\nTTL a\r\nSET a 3\r\nTTL a',
  'GET\r\nGET a b\r\nSET a\r\nINCR\r\nLPUSH l\r\nFOO\r\nFOO bar baz\r\nfoo "a b" c',
  'INCR a\r\nINCRBY a 5\r\nDECR a\r\nDECRBY a 10\r\nSET a x\r\nINCR a\r\nINCRBY b 1.5\r\nINCRBY b 01',
  'SET a 9223372036854775807\r\nINCR a\r\nSET a -9223372036854775808\r\nDECR a\r\nSET a " 1"\r\nINCR a',
  'APPEND a x\r\nAPPEND a yz\r\nSTRLEN a\r\nGET a\r\nSTRLEN none',
  'LPUSH l a b c\r\nRPUSH l d\r\nLRANGE l 0 -1\r\nLRANGE l -2 -1\r\nLRANGE l 5 9\r\nLRANGE l 2 1\r\nLRANGE l -100 100\r\nLRANGE l x 1',
  'LPUSH l a b c\r\nLPOP l\r\nRPOP l\r\nLPOP l 5\r\nLPOP l\r\nLPOP l 2\r\nRPOP l 0\r\nEXISTS l',
  'RPUSH l a b\r\nLPOP l 0\r\nLPOP l -1\r\nLPOP l x\r\nLPOP l 1 2\r\nLLEN l',
  'SET s x\r\nLPUSH s a\r\nLLEN s\r\nLRANGE s 0 1\r\nLPOP s\r\nBLPOP s 1\r\nRPUSH l a\r\nGET l\r\nINCR l\r\nAPPEND l x\r\nSET l y GET',
  'RPUSH l a b\r\nBLPOP none l 1\r\nBRPOP l 0.5\r\nBLPOP l x\r\nBLPOP l -1',
  'TYPE a\r\nSET a 1\r\nTYPE a\r\nLPUSH l 1\r\nTYPE l\r\nDEL a l none\r\nEXISTS a l\r\nDBSIZE',
  'SET a 1\r\nEXPIRE a 100\r\nTTL a\r\nEXPIRE none 1\r\nEXPIRE a x\r\nEXPIRE a -1\r\nGET a\r\nTTL a\r\nPTTL none',
  'MULTI\r\nSET a 1\r\nINCR a\r\nGET a\r\nEXEC\r\nEXEC\r\nDISCARD\r\nMULTI\r\nMULTI\r\nDISCARD',
  'MULTI\r\nSET a\r\nSET b 1\r\nEXEC\r\nGET b\r\nMULTI\r\nFOO\r\nEXEC',
  'MULTI\r\nSET a x\r\nINCR a\r\nGET a\r\nBLPOP l 0\r\nEXEC',
  'SUBSCRIBE c d\r\nGET a\r\nPING\r\nUNSUBSCRIBE c\r\nUNSUBSCRIBE\r\nPING\r\nPUBLISH c x',
  'UNSUBSCRIBE\r\nPUBLISH nobody x',
  'SETEX a 10 x\r\nTTL a\r\nSETEX a 0 x\r\nPSETEX a -1 x\r\nSETEX a x y\r\nSETNX a y\r\nSETNX b y\r\nGETSET b z\r\nGETDEL b\r\nGET b',
  'MSET a 1 b 2\r\nMSET a\r\nMSET a 1 b\r\nRPUSH l x\r\nMGET a b c l\r\nGETSET l x\r\nGETDEL l\r\nUNLINK a b c',
  'RPUSH l a b c b a\r\nLINDEX l 0\r\nLINDEX l -1\r\nLINDEX l 9\r\nLINDEX l x\r\nLINDEX none 0\r\nLSET l 1 B\r\nLSET l 9 x\r\nLSET none 0 x\r\nLSET l x y\r\nLRANGE l 0 -1',
  'RPUSH l a b a c a\r\nLREM l 1 a\r\nLREM l -1 a\r\nLRANGE l 0 -1\r\nLREM l 0 x\r\nLREM l x a\r\nLREM l 0 a\r\nLREM none 0 a\r\nLTRIM l 0 0\r\nLRANGE l 0 -1\r\nLTRIM l 5 9\r\nEXISTS l\r\nLTRIM none 0 1\r\nLTRIM l x 1',
  'LPUSHX l a\r\nRPUSH l a\r\nLPUSHX l b\r\nRPUSHX l c\r\nLRANGE l 0 -1\r\nRPOP l 2\r\nLRANGE l 0 -1',
  'EXPIREAT a 1\r\nSET a 1\r\nEXPIREAT a 1\r\nGET a\r\nSET a 1\r\nEXPIRE a 1 FOO\r\nEXPIRE a 9223372036854775807\r\nEXPIRE a 0\r\nEXISTS a',
  'SELECT 15\r\nSELECT 16\r\nSELECT -1\r\nSET a 1\r\nSELECT 3\r\nDBSIZE\r\nSET a 2\r\nFLUSHDB\r\nSELECT 15\r\nGET a\r\nFLUSHALL\r\nDBSIZE\r\nFLUSHDB x',
  'PSUBSCRIBE a* b*\r\nSUBSCRIBE ab\r\nGET a\r\nPUNSUBSCRIBE\r\nPUNSUBSCRIBE x\r\nUNSUBSCRIBE\r\nPUBLISH ab x',
  'CLIENT FOO\r\nCLIENT\r\nCLIENT SETNAME "a b"\r\nCLIENT GETNAME\r\nCLIENT SETNAME ann\r\nCLIENT GETNAME\r\nCLIENT SETNAME\r\nCLIENT SETNAME ""\r\nCLIENT GETNAME',
  'AUTH x\r\nAUTH default x\r\nAUTH foo bar\r\nAUTH\r\nAUTH a b c\r\nRESET\r\nRESET a\r\nSUBSCRIBE c\r\nRESET\r\nPING',
  'HELLO 4\r\nHELLO x\r\nHELLO 2 SETNAME "a b"\r\nHELLO 2 FOO\r\nHELLO 2 AUTH a b\r\nHELLO 2 AUTH a',
  'COMMAND FOO\r\nCOMMAND LIST x\r\nCOMMAND DOCS nosuch\r\nCOMMAND INFO nosuch\r\nINFO nosuch',
  'SELECT 0\r\nSELECT x\r\nECHO hello\r\nECHO\r\nFLUSHALL x\r\nFLUSHALL async\r\nFLUSHALL a b',
  'SET "a b" "x\\ny\\x41"\r\nGET "a b"\r\nSET \'q\' \'it\\\'s\'\r\nGET q\r\n\r\nPING',
  'SET a "open\r\nPING',
  'SCAN 0\r\nSET a 1\r\nSCAN 0\r\nSCAN 0 MATCH b*\r\nSCAN 0 MATCH a* COUNT 5 TYPE string\r\nSCAN 0 TYPE list\r\nSCAN 0 TYPE LIST\r\nRPUSH b x\r\nSCAN 0 COUNT 100 TYPE list',
  'SCAN x\r\nSCAN -1\r\nSCAN\r\nSCAN 0 COUNT\r\nSCAN 0 COUNT x\r\nSCAN 0 COUNT 0\r\nSCAN 0 COUNT -1\r\nSCAN 0 FOO 1\r\nSCAN 0 MATCH\r\nSCAN 1.5\r\nSCAN 01',
  'SET a 1\r\nWATCH a\r\nMULTI\r\nINCR a\r\nEXEC\r\nWATCH a\r\nSET a 5\r\nMULTI\r\nINCR a\r\nEXEC\r\nMULTI\r\nINCR a\r\nEXEC',
  'WATCH\r\nUNWATCH\r\nUNWATCH x\r\nMULTI\r\nWATCH a\r\nUNWATCH\r\nSET a 1\r\nEXEC\r\nWATCH a\r\nDEL a\r\nUNWATCH\r\nMULTI\r\nSET a 2\r\nEXEC',
  'RPUSH l a b\r\nWATCH l\r\nLSET l 0 x\r\nMULTI\r\nEXEC\r\nWATCH l\r\nLREM l 0 none\r\nMULTI\r\nEXEC\r\nWATCH l\r\nLPOP l 0\r\nMULTI\r\nEXEC\r\nWATCH l\r\nRPUSH l y\r\nMULTI\r\nEXEC\r\nWATCH l\r\nLTRIM l 0 -1\r\nMULTI\r\nEXEC',
  'WATCH none\r\nDEL none\r\nMULTI\r\nPING\r\nEXEC\r\nWATCH none\r\nFLUSHDB\r\nMULTI\r\nPING\r\nEXEC\r\nSET a 1\r\nWATCH a\r\nFLUSHALL\r\nMULTI\r\nPING\r\nEXEC',
  'SET a 1\r\nWATCH a\r\nEXPIRE a 100\r\nMULTI\r\nPING\r\nEXEC\r\nWATCH a\r\nPERSIST a\r\nMULTI\r\nPING\r\nEXEC\r\nWATCH a\r\nPERSIST a\r\nMULTI\r\nPING\r\nEXEC\r\nWATCH a\r\nSETNX a 2\r\nMULTI\r\nPING\r\nEXEC',
  'SET a 1\r\nWATCH a\r\nSELECT 1\r\nSET a 2\r\nMULTI\r\nGET a\r\nEXEC\r\nWATCH a\r\nSET a 3\r\nDISCARD\r\nMULTI\r\nDISCARD\r\nMULTI\r\nGET a\r\nEXEC\r\nWATCH a\r\nSET a 4\r\nMULTI\r\nFOO\r\nEXEC',
  'CONFIG\r\nCONFIG GET\r\nCONFIG GET save\r\nCONFIG GET APPENDONLY\r\nCONFIG GET databases\r\nCONFIG GET sav?\r\nCONFIG GET nosuch\r\nCONFIG GET maxmemory\r\nCONFIG GET maxmemory-policy\r\nCONFIG GET timeout\r\nCONFIG GET notify-keyspace-events\r\nCONFIG GET requirepass\r\nCONFIG GET proto-max-bulk-len\r\nCONFIG GET client-output-buffer-limit',
  'CONFIG SET\r\nCONFIG SET a\r\nCONFIG SET nosuch 1\r\nCONFIG SET databases 3\r\nCONFIG SET save "" nosuch\r\nCONFIG REWRITE\r\nCONFIG REWRITE x\r\nCONFIG FOO\r\nCONFIG RESETSTAT',
  'HELLO 3 SETNAME ann\r\nGET none\r\nSET a 1\r\nGET a\r\nLPOP none\r\nLPOP none 2\r\nLRANGE none 0 1\r\nMGET a none\r\nCLIENT GETNAME\r\nINCR a\r\nFOO\r\nSET a 1 NX',
  'HELLO 3\r\nSUBSCRIBE c\r\nGET a\r\nPING\r\nPING x\r\nPUBLISH c hello\r\nUNSUBSCRIBE\r\nUNSUBSCRIBE\r\nPSUBSCRIBE c*\r\nPUBLISH c x\r\nPUNSUBSCRIBE',
  'HELLO 3\r\nCONFIG GET save\r\nMULTI\r\nGET none\r\nCONFIG GET appendonly\r\nEXEC\r\nWATCH a\r\nSET a 1\r\nMULTI\r\nEXEC\r\nRESET\r\nGET none\r\nHELLO 2\r\nGET none',
  'HELLO 3\r\nCOMMAND DOCS nosuch\r\nCOMMAND INFO nosuch\r\nINFO nosuch\r\nSCAN 0\r\nTYPE x\r\nCOMMAND COUNT x',
  'MULTI\r\nSUBSCRIBE c\r\nEXEC\r\nPING\r\nUNSUBSCRIBE',
  'MULTI\r\nPING\r\nSUBSCRIBE c\r\nUNSUBSCRIBE c\r\nGET a\r\nEXEC',
  'MULTI\r\nHELLO 3\r\nGET none\r\nEXEC',
  'SET ab 1\r\nKEYS ab\r\nKEYS a?\r\nKEYS x*\r\nKEYS a[bc]\r\nKEYS *',
];

test.each(INLINE)('%s', async (lines) => {
  const bytes = `${lines}\r\n`;
  expect(ours(bytes)).toBe(await real(bytes));
});

test.each([
  '*1\r\n$4\r\nPING\r\n',
  '*0\r\n*1\r\n$4\r\nPING\r\n',
  '*1\r\n+PING\r\n',
  '*x\r\n',
  '*1\r\n$x\r\n',
  '*1\r\n$-1\r\n',
  '*-1\r\nPING\r\n',
  '*2\r\n$4\r\nECHO\r\n$3\r\n\xff\0\n\r\n',
])('bytes %j', async (bytes) => {
  expect(ours(bytes)).toBe(await real(bytes));
});

test('four thousand random requests, a hundred at a time', async () => {
  const random = new Stream(1, 'redis');
  const pick = (words: readonly string[]): string => words[random.below(words.length)]!;
  const key = (): string => pick(['a', 'b', 'c', 'd']);
  const value = (): string => pick(['1', '-7', 'x', '', '10', 'long enough to see', '9223372036854775807', '\xe4\r\n']);
  const small = (): string => pick(['0', '1', '2', '-1', '-3', '5', 'x', '']);
  const request = (): string[] => {
    switch (random.below(18)) {
      case 0:
        return ['SET', key(), value(), ...(random.below(3) === 0 ? [pick(['NX', 'XX', 'GET', 'KEEPTTL', 'BAD'])] : [])];
      case 1:
        return ['GET', key()];
      case 2:
        return [pick(['INCR', 'DECR']), key()];
      case 3:
        return [pick(['INCRBY', 'DECRBY']), key(), small()];
      case 4:
        return [pick(['LPUSH', 'RPUSH']), key(), value(), value()];
      case 5:
        return [pick(['LPOP', 'RPOP']), key(), ...(random.below(2) === 0 ? [small()] : [])];
      case 6:
        return ['LRANGE', key(), small(), small()];
      case 7:
        return ['DEL', key(), key()];
      case 8:
        return ['EXISTS', key(), key()];
      case 9:
        return [pick(['TYPE', 'LLEN', 'STRLEN', 'TTL', 'PTTL', 'PERSIST']), key()];
      case 10:
        return ['APPEND', key(), value()];
      case 11:
        return [pick(['MULTI', 'EXEC', 'DISCARD', 'PING', 'DBSIZE'])];
      case 12:
        return [pick(['GET', 'SET', 'LPUSH', 'NOPE', 'ECHO']), ...Array.from({ length: random.below(4) }, value)];
      case 13:
        return ['EXPIRE', key(), pick(['x', '-1', '0'])];
      case 14:
        return ['ECHO', value()];
      case 15:
        return ['WATCH', key(), key()];
      case 16:
        return random.below(4) === 0 ? ['HELLO', pick(['2', '3'])] : ['LSET', key(), small(), value()];
      default:
        return ['STRLEN', key()];
    }
  };
  for (let round = 0; round < 40; round++) {
    const requests = Array.from({ length: 100 }, request);
    const bytes = requests.map(encodeRequest).join('') + encodeRequest(['DISCARD']);
    expect(ours(bytes), JSON.stringify(requests)).toBe(await real(bytes));
  }
});

test('patterns of KEYS, a thousand at random', async () => {
  const random = new Stream(2, 'patterns');
  const some = (alphabet: string, most: number): string =>
    Array.from({ length: random.below(most + 1) }, () => alphabet[random.below(alphabet.length)]!).join('');
  const keys = Array.from({ length: 60 }, () => `k${some('ab-]^\\[*', 4)}`);
  for (let round = 0; round < 10; round++) {
    const patterns = Array.from({ length: 100 }, () => `k${some('ab*?[]^-\\', 6)}`);
    for (const pattern of patterns) {
      // One key at a time: their order among each other is the server's business.
      const key = keys[random.below(keys.length)]!;
      const bytes = ['SET', 'KEYS', 'DEL'].map((word) =>
        encodeRequest(word === 'SET' ? [word, key, '1'] : [word, word === 'KEYS' ? pattern : key]),
      );
      expect(ours(bytes.join('')), `${pattern} on ${key}`).toBe(await real(bytes.join('')));
    }
  }
});
