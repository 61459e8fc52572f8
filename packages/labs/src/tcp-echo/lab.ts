/** TCP client and server: one pair of programs, run as processes, over a cable, a switch, two routers, a lossy line, and within one host. */
import { cable, host, lab, networkSwitch, param, router } from '@netarium/core/check/lab.ts';
import type { Finished, LabContext } from '@netarium/core/check/lab-context.ts';
import { client, server } from './programs.ts';

type Context = LabContext<'ann' | 'bob' | 'cat' | 'dan' | 'r1' | 'r2'>;

/** The server's address seen from Ann, and the way there. */
const WAYS = [
  ['127.0.0.1', 'within the host', '本机之内'],
  ['10.0.1.2', 'over one cable', '经一根线缆'],
  ['10.0.2.2', 'over a switch', '经一台交换机'],
  ['10.0.5.2', 'over two routers', '经两台路由器'],
] as const;

export default lab({
  id: 'tcp-echo',
  title: { en: 'A TCP client and a TCP server', zh: 'TCP 客户端与服务器' },
  text: {
    en: 'The same two programs, unchanged, talk within a host, over a cable, over a switch and over two routers of which one line loses frames.',
    zh: '同样的两个程序不加修改，分别在本机之内、经一根线缆、经交换机、经两台路由器（其中一段会丢帧）通信。',
  },
  params: {
    port: {
      default: 7000,
      min: 1,
      max: 65_535,
      text: { en: 'The port that the client connects to', zh: '客户端连接的端口' },
    },
    loss: { default: '10%', text: { en: 'Loss between the routers', zh: '路由器之间的丢包率' } },
    command: {
      default: 'echo-server 7000',
      choices: ['echo-server 7000', 'sleep 600'],
      text: { en: 'What runs on the far host', zh: '远端主机上运行什么' },
    },
  },
  machines: {
    ann: host({
      eth0: '10.0.1.1/24',
      eth1: '10.0.2.1/24',
      eth2: '10.0.3.1/24',
      routes: ['10.0.5.0/24 via 10.0.3.2'],
      run: ['echo-server 7000'],
    }),
    bob: host({ eth0: '10.0.1.2/24', run: ['echo-server 7000'] }),
    cat: host({ eth0: '10.0.2.2/24', run: ['echo-server 7000'] }),
    sw: networkSwitch(),
    r1: router({ eth0: '10.0.3.2/24', eth1: '10.0.4.1/24', routes: ['10.0.5.0/24 via 10.0.4.2'] }),
    r2: router({ eth0: '10.0.4.2/24', eth1: '10.0.5.1/24', routes: ['10.0.3.0/24 via 10.0.4.1'] }),
    dan: host({ eth0: '10.0.5.2/24', gateway: '10.0.5.1', run: [param('command')] }),
  },
  cables: [
    cable('ann.eth0', 'bob', { rate: '1Gbit', delay: '100us' }),
    cable('ann.eth1', 'sw', { rate: '100Mbit', delay: '100us' }),
    cable('cat', 'sw', { rate: '100Mbit', delay: '100us' }),
    cable('ann.eth2', 'r1.eth0', { rate: '1Gbit', delay: '100us' }),
    cable('r1.eth1', 'r2.eth0', { rate: '10Mbit', delay: '10ms', loss: param('loss') }),
    cable('r2.eth1', 'dan', { rate: '1Gbit', delay: '100us' }),
  ],
  programs: { 'echo-server': server, 'echo-client': client },
  checks: {
    processes: {
      text: {
        en: 'Both are processes of their hosts, with pids of their own',
        zh: '双方都是各自主机上的进程，有自己的 pid',
      },
      row: 38,
      clause: 1,
    },
    everywhere: {
      text: {
        en: 'The same programs give the same answers over every topology',
        zh: '同样的程序在各种拓扑上得到同样的结果',
      },
      row: 38,
      clause: 2,
    },
    lossy: {
      text: {
        en: 'On the lossy line TCP repairs, the programs notice nothing',
        zh: '在有损线路上由 TCP 修复，程序毫无察觉',
      },
    },
  },
  counterRuns: {
    'no-server': {
      set: { command: 'sleep 600' },
      flips: ['processes', 'everywhere'],
      text: { en: 'The far server does not run.', zh: '远端没有运行服务器。' },
    },
    'other-port': {
      set: { port: 7001 },
      flips: ['everywhere'],
      text: { en: 'The client takes another port.', zh: '客户端用了别的端口。' },
    },
  },
  async script(context) {
    const { ann, params, sleep, say } = context;
    await sleep('50ms');
    const results: Finished[] = [];
    for (const [address, en, zh] of WAYS) {
      const result = await ann.sh(`echo-client ${address} ${params.port} hello network`);
      const ms = ((result.endNs - result.startNs) / 1e6).toFixed(3);
      const answer = result.stdout.trim().replace('\n', ' ');
      say({ en: `${en}: ${answer} after ${ms} ms`, zh: `${zh}：${answer}，用时 ${ms} 毫秒` });
      results.push(result);
    }
    judge(context, results);
    await processes(context);
  },
});

function judge({ check, seen }: Context, results: readonly Finished[]): void {
  const answers = results.map(({ stdout }) => stdout.trim().replace('\n', ' '));
  check(
    'everywhere',
    () => ({ met: answers.every((answer) => answer === 'HELLO NETWORK'), saw: answers.join(', ') }),
    seen('tcp.len > 0').last,
  );
  const sent = seen('tcp.len > 0 && ip.dst == 10.0.5.2', 'ann.eth2').count;
  check(
    'lossy',
    () => ({ met: answers[3] === 'HELLO NETWORK' && sent >= 2, saw: `${answers[3]} with ${sent} segments` }),
    seen('tcp.len > 0 && ip.dst == 10.0.5.2').last,
  );
}

async function processes({ dan, check, events }: Context): Promise<void> {
  const there = (await dan.sh('ps -ef')).stdout;
  const here = events('process.start').filter(
    ({ values }) => values.name === 'echo-client' || values.argv.includes('echo-client'),
  );
  const pid = /^\S+\s+(\d+)\s.*echo-server 7000/m.exec(there)?.[1];
  const clients = new Set(here.map(({ values }) => values.pid));
  check('processes', () => ({
    met: pid !== undefined && clients.size >= 4,
    ...(here[0] === undefined ? {} : { atNs: here[0].at }),
    saw: `server pid ${pid ?? 'none'}, ${clients.size} client processes`,
  }));
}
