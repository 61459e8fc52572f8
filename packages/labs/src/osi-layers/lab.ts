/** The OSI model laid over real frames: which header belongs to which layer, which layers have none, and the order of the seven. */
import { cable, host, lab, param, router } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';

type Context = LabContext<'laptop' | 'gw' | 'web'>;

const OWNERS = 'eth:2 arp:2 ip:3 icmp:3 udp:4 tcp:4 dns:7 http:7 data:7';
const NAMES = ['physical', 'data link', 'network', 'transport', 'session', 'presentation', 'application'];
const NAMES_ZH = ['物理层', '数据链路层', '网络层', '传输层', '会话层', '表示层', '应用层'];
const ORDER = 'application presentation session transport network data-link physical';
const TCP_IP = '7:application 6:application 5:application 4:transport 3:internet 2:link 1:link';

export default lab({
  id: 'osi-layers',
  title: { en: 'The OSI layers in real frames', zh: '真实帧里的 OSI 七层' },
  text: {
    en: 'A page is fetched, and every frame is opened layer by layer. Which header belongs to which layer is yours to say (--set owners="..."), and so is the order of the seven (--set order="..."); the frames judge.',
    zh: '取回一个网页，并逐层打开每一帧。哪个首部属于哪一层由你来说（--set owners="..."），七层的顺序也由你来排（--set order="..."）；由真实的帧来评判。',
  },
  params: {
    owners: { default: OWNERS, text: { en: 'The layer of each header', zh: '每个首部所属的层' } },
    order: { default: ORDER, text: { en: 'The seven layers from the top down', zh: '自上而下的七层' } },
    mapping: { default: TCP_IP, text: { en: 'The TCP/IP layer of each OSI layer', zh: '每个 OSI 层对应的 TCP/IP 层' } },
    server: {
      default: 'httpd -p 80 /srv',
      choices: ['httpd -p 80 /srv', 'httpd -p 4080 /srv'],
      text: { en: 'How the web server is started', zh: '如何启动网站服务器' },
    },
    url: { default: 'http://10.0.2.2/', text: { en: 'The page', zh: '网页地址' } },
  },
  machines: {
    laptop: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    gw: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    web: host({
      eth0: '10.0.2.2/24',
      gateway: '10.0.2.1',
      files: { '/srv/index.html': '<h1>Layers</h1>\n' },
      run: [param('server')],
    }),
  },
  cables: [
    cable('laptop', 'gw.eth0', { rate: '100Mbit', delay: '1ms' }),
    cable('gw.eth1', 'web', { rate: '100Mbit', delay: '1ms' }),
  ],
  checks: {
    opened: {
      text: {
        en: 'Every frame opens without a gap, every field has its bytes, up to the application',
        zh: '每一帧都能无缝展开到应用层，每个字段都有字节位置',
      },
      row: 1,
      clause: 1,
    },
    owned: {
      text: {
        en: 'Each header has one layer, and no frame has two headers in one',
        zh: '每个首部只属一层，同一帧中没有两个首部同层',
      },
      row: 1,
      clause: 2,
    },
    empty: {
      text: { en: 'Session and presentation have no header in any frame', zh: '会话层和表示层在任何帧里都没有首部' },
      row: 1,
      clause: 3,
    },
    beside: {
      text: { en: 'Beside each OSI layer stands its TCP/IP layer', zh: '每个 OSI 层旁边给出对应的 TCP/IP 层' },
      row: 1,
      clause: 4,
    },
    sorted: { text: { en: 'The seven layers are in their order', zh: '七层的顺序正确' }, row: 1, clause: 5 },
  },
  counterRuns: {
    'unknown-port': {
      set: { server: 'httpd -p 4080 /srv', url: 'http://10.0.2.2:4080/' },
      flips: ['opened'],
      text: { en: 'On an unknown port nobody knows the application.', zh: '端口陌生时无法认出应用层协议。' },
    },
    'ports-in-ip': {
      set: { owners: OWNERS.replace('ip:3', 'ip:4') },
      flips: ['owned'],
      text: { en: 'IP counted to the transport layer.', zh: '把 IP 算进传输层。' },
    },
    'html-presents': {
      set: { owners: OWNERS.replace('http:7', 'http:6') },
      flips: ['empty'],
      text: { en: 'HTTP counted as presentation.', zh: '把 HTTP 算作表示层。' },
    },
    'one-to-one': {
      set: { mapping: TCP_IP.replace('5:application', '5:transport') },
      flips: ['beside'],
      text: { en: 'The session layer counted to transport.', zh: '把会话层算进传输层。' },
    },
    'as-printed': {
      set: { order: 'session presentation application transport network data-link physical' },
      flips: ['sorted'],
      text: { en: 'The order of the notes.', zh: '笔记里的顺序。' },
    },
  },
  async script(context) {
    const { laptop, params, sleep } = context;
    await sleep('100ms');
    await laptop.sh(`ping -c 1 10.0.2.2; curl -s ${params.url}`);
    await sleep('100ms');
    frames(context);
    model(context);
  },
});

/** Carried by their own layer to serve it: ARP in Ethernet, ICMP in IP; and data, which is no header. */
const HELPERS: ReadonlySet<string> = new Set(['arp', 'icmp', 'data']);

/** True where the headers follow each other without a gap from the first byte to the last. */
function isWhole({ layers }: SeenPacket, length: number): boolean {
  let at = 0;
  for (const layer of layers) {
    if (layer.start !== at || layer.fields.some(({ start, end }) => start < layer.start || end > length)) return false;
    at = layer.end;
  }
  // Behind the head of an HTTP message its content may follow.
  return at === length || (at < length && layers.at(-1)?.protocol === 'http');
}

function frames({ params, check, seen, say }: Context): void {
  const all = seen('frame', 'laptop.eth0').packets;
  const owners = new Map(
    String(params.owners)
      .split(/\s+/)
      .map((entry) => entry.split(':') as [string, string]),
  );
  const layersOf = (p: SeenPacket): number[] => p.layers.map(({ protocol }) => Number(owners.get(protocol) ?? 0));
  const richest = seen('http.response', 'laptop.eth0').first ?? all.at(-1);
  for (const layer of richest?.layers ?? []) {
    const number = Number(owners.get(layer.protocol) ?? 0);
    say({
      en: `bytes ${layer.start} to ${layer.end - 1}: ${layer.protocol}, layer ${number} ${NAMES[number - 1]}`,
      zh: `字节 ${layer.start} 到 ${layer.end - 1}：${layer.protocol}，第 ${number} 层 ${NAMES_ZH[number - 1]}`,
    });
  }
  const torn = all.find((p) => !isWhole(p, Number(p.field('frame.len'))));
  const opened = seen('http', 'laptop.eth0').count;
  check(
    'opened',
    () => ({
      met: all.length > 5 && torn === undefined && opened >= 2,
      saw: `${all.length} frames, ${opened} opened up to HTTP, first with a gap: ${torn?.info ?? 'none'}`,
    }),
    torn ?? richest,
  );
  const doubled = all.find((p) => {
    const layers = layersOf(p);
    const rises = layers.every((layer, i) => i === 0 || layer > layers[i - 1]! || HELPERS.has(p.layers[i]!.protocol));
    return layers.includes(0) || !rises;
  });
  check(
    'owned',
    () => ({
      met: doubled === undefined,
      saw: doubled?.layers.map(({ protocol }) => `${protocol} ${owners.get(protocol)}`).join(', ') ?? '',
    }),
    doubled ?? richest,
  );
  const used = new Set(all.flatMap(layersOf));
  check(
    'empty',
    () => ({
      met: !used.has(5) && !used.has(6) && used.has(7),
      saw: `layers with headers: ${[...used].sort().join(', ')}`,
    }),
    richest,
  );
}

function model({ params, check, seen, say }: Context): void {
  const order = String(params.order)
    .split(/[\s,]+/)
    .map((name) => name.replace('-', ' '));
  const numbers = order.map((name) => NAMES.indexOf(name) + 1).join(' ');
  check('sorted', () => ({ met: numbers === '7 6 5 4 3 2 1', saw: order.join(', ') }));
  const mapping = new Map(
    String(params.mapping)
      .split(/\s+/)
      .map((entry) => entry.split(':') as [string, string]),
  );
  for (let layer = 7; layer >= 1; layer--) {
    say({
      en: `${layer} ${NAMES[layer - 1]}: TCP/IP ${mapping.get(String(layer))}`,
      zh: `${layer} ${NAMES_ZH[layer - 1]}：TCP/IP ${mapping.get(String(layer))}`,
    });
  }
  // What the frames say: from IP down nothing above 3, ports in 4, and all that a program wrote in one piece.
  const segment = seen('http', 'laptop.eth0').first ?? seen('tcp.len > 0', 'laptop.eth0').first;
  const aboveTcp = segment?.layers.slice(3).length ?? 0;
  const wanted = ['application', 'application', 'application', 'transport', 'internet', 'link', 'link'];
  const said = [7, 6, 5, 4, 3, 2, 1].map((layer) => mapping.get(String(layer)) ?? '');
  check(
    'beside',
    () => ({
      met: aboveTcp === 1 && said.join() === wanted.join(),
      saw: `${said.join(', ')}; headers above TCP: ${aboveTcp}`,
    }),
    segment,
  );
}
