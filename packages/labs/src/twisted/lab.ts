/** Twisted: a reactor and Deferreds download ten pictures in the time of one; a missing page goes to its errback; a callback that blocks stops everything. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';
import { narrate } from '../lib/narrate.ts';
import { inTurn, reacting } from './programs.ts';

type Context = LabContext<'client'>;
const text = (en: string, zh: string) => ({ en, zh });

/** Ten of them, and what each takes for one picture: a second over its slow line. */
const SERVERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const PICTURE_BYTES = 22_000;

const server = (number: number) =>
  host({
    eth0: `10.0.0.${100 + number}/24`,
    files: { '/srv/picture': 'P'.repeat(PICTURE_BYTES) },
    run: ['httpd /srv'],
  });

export default lab({
  id: 'twisted',
  title: text('Twisted: a reactor and its Deferreds', 'Twisted：reactor 与 Deferred'),
  text: text(
    'Ten web servers behind slow lines, each good for one picture per second. One after the other takes ten seconds; a reactor with a Deferred for each takes one. A page that does not exist goes to its errback. The notes’ callback downloads each picture again by a client that blocks: then nothing else happens in the reactor.',
    '十台慢速线路上的网站服务器，每台一秒一张图片。逐个下载要十秒；reactor 给每张图片一个 Deferred，只要一秒。不存在的页面走 errback。笔记里的回调又用阻塞的客户端下载一遍：这时 reactor 里其他事都停住。',
  ),
  params: {
    reactor: {
      default: true,
      text: text('The reactor downloads, not one after the other', '用 reactor 下载而不是逐个下载'),
    },
    missing: {
      default: 4,
      min: 0,
      max: 10,
      text: text('The server without its page (0: none)', '缺页面的服务器（0 表示没有）'),
    },
    again: {
      default: true,
      text: text('The faulty callback downloads again and blocks', '有错的回调再次阻塞下载'),
    },
    names: {
      default: 'own',
      choices: ['own', 'same'],
      text: text('The files: each its own name, or all the same', '文件名：各自不同，还是全部相同'),
    },
    wait: {
      default: 300,
      min: 0,
      max: 5000,
      text: text('Between making a Deferred and running the reactor (ms)', '创建 Deferred 到运行 reactor 之间的毫秒数'),
    },
    rate: { default: '200kbit', text: text('Line of each server', '每台服务器的线路速率') },
  },
  machines: {
    client: host({ eth0: '10.0.0.1/24' }),
    switch: networkSwitch({ ports: 11 }),
    ...Object.fromEntries(SERVERS.map((number) => [`web${number}`, server(number)])),
  },
  cables: [
    cable('client', 'switch', { rate: '1Gbit', delay: '100us' }),
    ...SERVERS.map((number) => cable(`web${number}`, 'switch', { rate: param('rate'), delay: '1ms' })),
  ],
  programs: { 'in-turn': inTurn, reacting },
  until: '120s',
  checks: {
    'ten-in-one-second': {
      text: text('Ten downloads of a second each, whole, in 1.0 s', '十个一秒的下载，完整，共 1.0 秒'),
      row: 140,
      clause: 1,
    },
    errback: {
      text: text(
        'The failure of one reaches its errback, and the other nine arrive',
        '一个失败走 errback，其余九个到达',
      ),
      row: 140,
      clause: 2,
    },
    'blocking-callback': {
      text: text(
        'A callback that blocks holds up the whole reactor: calls come late by a second and more, and all takes ten times as long',
        '阻塞的回调拖住整个 reactor：其他调用迟到一秒以上，总时间变成十倍',
      ),
      row: 140,
      clause: 3,
      claim: 'C376',
    },
    'ten-files': {
      text: text('Ten files are stored', '存下十个文件'),
      claim: 'C374',
    },
    'not-before-run': {
      text: text(
        'A Deferred alone starts nothing: the first SYN comes when the reactor runs',
        '只有 Deferred 什么也不发生：reactor 运行后才有第一个 SYN',
      ),
      claim: 'C377',
    },
  },
  counterRuns: {
    'one-name': {
      set: { names: 'same' },
      flips: ['ten-files'],
      text: text(
        'Under one name, as the notes print it, one file is left.',
        '像笔记那样都用同一个名字，只剩一个文件。',
      ),
    },
    'at-once': {
      set: { wait: 0 },
      flips: ['not-before-run'],
      text: text('Without a pause the two cannot be told apart.', '中间不停顿就看不出差别。'),
    },
    'in-turn': {
      set: { reactor: false },
      flips: ['ten-in-one-second'],
      text: text('One after the other they take ten seconds.', '逐个下载要十秒。'),
    },
    complete: {
      set: { missing: 0 },
      flips: ['errback'],
      text: text('Without a failure no errback is called.', '没有失败就不会调用 errback。'),
    },
    kept: {
      set: { again: false },
      flips: ['blocking-callback'],
      text: text('A callback that keeps what came blocks nobody.', '直接用收到的内容就不阻塞。'),
    },
  },
  async script(context) {
    await ten(context);
    await missing(context);
    await blocking(context);
    await pause(context);
  },
});

const RESULT = /(\d+) ms: (\d+) pictures, (\d+) bytes/;

/** What the last line of a program says. */
function resultOf(stdout: string): { readonly ms: number; readonly pictures: number; readonly bytes: number } {
  const [, ms, pictures, bytes] = RESULT.exec(stdout) ?? [];
  return { ms: Number(ms), pictures: Number(pictures), bytes: Number(bytes) };
}

async function ten(context: Context): Promise<void> {
  const { client, params, check, seen, sleep } = context;
  await sleep('100ms');
  const { stdout } = await narrate(
    context,
    client,
    params.reactor === true ? `exec reacting 0 kept ${params.names} 0` : 'exec in-turn',
    params.reactor === true
      ? text('A reactor asks ten servers at once', 'reactor 同时请求十台服务器')
      : text('Ten servers, one after the other', '逐个请求十台服务器'),
  );
  const { ms, pictures, bytes } = resultOf(stdout);
  check(
    'ten-in-one-second',
    () => ({
      met: pictures === 10 && bytes === 10 * PICTURE_BYTES && ms <= 1049,
      saw: stdout.trim(),
    }),
    seen('http.response').last,
  );
  const files = (await client.sh('ls')).stdout.split('\n').filter((name) => name.startsWith('picture'));
  check('ten-files', () => ({ met: files.length === 10, saw: `${files.length} files: ${files.join(' ')}` }));
}

async function missing(context: Context): Promise<void> {
  const { client, params, check, seen } = context;
  const { stdout } = await narrate(
    context,
    client,
    `exec reacting ${params.missing} kept own 0`,
    text(`Server ${params.missing} does not have what is asked for`, `第 ${params.missing} 台服务器没有所要的页面`),
  );
  const { pictures } = resultOf(stdout);
  const refusal = seen('http.response.code == 404').last;
  check(
    'errback',
    () => ({
      met:
        stdout.includes(`errback for picture ${params.missing}: 404 Not Found`) &&
        pictures === 9 &&
        refusal !== undefined,
      saw: `${stdout.trim()}; ${refusal === undefined ? 'no 404 on the wire' : 'a 404'}`,
    }),
    refusal,
  );
}

async function blocking(context: Context): Promise<void> {
  const { client, params, check, seen } = context;
  const before = seen('http.request').count;
  const { stdout } = await narrate(
    context,
    client,
    `exec reacting 0 ${params.again === true ? 'again' : 'kept'} own 0`,
    text('The callback downloads each picture again, by a client that blocks', '回调里再次用阻塞的客户端下载每张图片'),
  );
  const late = [...stdout.matchAll(/(\d+) ms late/g)].map(([, ms]) => Number(ms));
  const requests = seen('http.request').count - before;
  check('blocking-callback', () => ({
    met: resultOf(stdout).ms >= 9500 && Math.max(0, ...late) >= 900 && requests === 20,
    saw: `${resultOf(stdout).ms} ms, ${requests} requests, a call at most ${Math.max(0, ...late)} ms late`,
  }));
}

async function pause(context: Context): Promise<void> {
  const { client, params, check, seen } = context;
  const filter = 'tcp.flags.syn == 1 && tcp.flags.ack == 0';
  const before = seen(filter).count;
  const { startNs } = await narrate(
    context,
    client,
    `exec reacting 0 kept own ${params.wait}`,
    text(
      `The Deferreds are made; the reactor runs ${params.wait} ms later`,
      `先创建 Deferred，${params.wait} 毫秒后才运行 reactor`,
    ),
  );
  const first = seen(filter).packets[before];
  check(
    'not-before-run',
    () => ({
      met: first !== undefined && first.atNs - startNs >= 300_000_000,
      saw:
        first === undefined ? 'no SYN' : `the first SYN ${Math.round((first.atNs - startNs) / 1e6)} ms after the start`,
    }),
    first,
  );
}
