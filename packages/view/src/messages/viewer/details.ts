/** What is chosen, and its explanation. */
import type { CauseKind } from '@netarium/core/wire/packet.ts';

export const en = {
  details: 'Details',
  begin: (play: string, step: string, stop: string) =>
    `${play} plays the run, ${step} goes to the next event, ${stop} to the next interesting moment.`,
  nothing: 'Choose a machine, a packet or an event.',
  follow: 'The packets that belong together',
  causes: {
    origin: 'sent by itself',
    reply: 'because of',
    retransmission: 'retransmission of',
    fragment: 'fragment of',
    carried: 'carries',
    reassembled: 'put together from fragments, first',
  } satisfies Readonly<Record<CauseKind, string>> as Readonly<Record<string, string>>,
  lastEvent: 'Last event',
  noEvent: 'Nothing has happened yet.',
  explanation: 'Explanation',
  rule: (rule: string) => `Rule: ${rule}`,
  parts: {
    addresses: 'Addresses',
    carriers: 'Carrier',
    neighbours: 'Neighbours (ARP)',
    routes: 'Routes',
    connections: 'TCP connections',
    processes: 'Processes',
  },
  up: 'up',
  down: 'down',
  off: 'The machine is off.',
};

export const zh: typeof en = {
  details: '详情',
  begin: (play, step, stop) => `按${play}播放，按 ${step} 走到下一个事件，按 ${stop} 跳到下一个值得看的时刻。`,
  nothing: '选一台机器、一个分组或一个事件。',
  follow: '属于同一件事的分组',
  causes: {
    origin: '自行发出',
    reply: '起因于',
    retransmission: '重传自',
    fragment: '分片自',
    carried: '承载',
    reassembled: '由分片重组，首片',
  },
  lastEvent: '最近的事件',
  noEvent: '还没有发生任何事。',
  explanation: '解释',
  rule: (rule) => `依据：${rule}`,
  parts: {
    addresses: '地址',
    carriers: '载波',
    neighbours: '邻居（ARP）',
    routes: '路由',
    connections: 'TCP 连接',
    processes: '进程',
  },
  up: '通',
  down: '断',
  off: '机器已断电。',
};
