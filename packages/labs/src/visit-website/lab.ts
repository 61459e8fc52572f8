/**
 * The walk that every interview asks for: a cold laptop is plugged in and visits a web site. The steps are told from what passes on the wires and
 * in the hosts, each with the letter that it has in the notes' list, so that their true order shows itself.
 */
import { cable, host, lab, networkSwitch, param, router } from '@netarium/core/check/lab.ts';
import type { Finished, HostControl, LabTools, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { ADDRESS, authoritative, dhcpdConf, resolverFiles, rootZone, shopZone, site, testZone } from './internet.ts';

const URL = 'http://www.shop.test/';
const NAMES = 'h f d a b i e c g';
const SERVERS = new Map<string, string>([
  [ADDRESS.root, `${ADDRESS.root} (root)`],
  [ADDRESS.test, `${ADDRESS.test} (test)`],
  [ADDRESS.shop, `${ADDRESS.shop} (shop.test)`],
]);

/** Tells a step the first time that its packet passes, and remembers it. */
class Steps {
  readonly told = new Map<string, { readonly atNs: number; readonly packet: number }>();

  constructor(private readonly tools: LabTools) {}

  tell(mark: string, en: string, zh: string, packet?: SeenPacket): void {
    if (mark !== '') {
      if (this.told.has(mark)) return;
      this.told.set(mark, { atNs: packet?.atNs ?? this.tools.now, packet: packet?.packet ?? 0 });
    }
    this.tools.say({ en, zh }, mark);
  }

  /** Letters in the order in which they happened. */
  get order(): string {
    return [...this.told.entries()]
      .sort(([, a], [, b]) => a.atNs - b.atNs)
      .map(([mark]) => mark)
      .join(' ');
  }
}

export default lab({
  id: 'visit-website',
  title: { en: 'Visit a web site from a cold laptop', zh: '从冷启动的笔记本访问一个网站' },
  text: {
    en: 'A laptop is plugged in, gets an address, looks up a name and fetches a page with two pictures through a switch and two routers. The nine steps of the notes are told as they happen, with their letters: sort them yourself with --set order="...".',
    zh: '一台笔记本插上网线，获得地址，解析域名，经一台交换机和两台路由器取回一个带两张图片的网页。笔记里的九个步骤在发生时逐一讲出，并标出各自的字母：用 --set order="..." 自己排一排。',
  },
  params: {
    order: {
      default: NAMES,
      text: { en: 'Your order of the nine steps a to i, in letters', zh: '你给出的 a 到 i 九个步骤的顺序（字母）' },
    },
    plugged: { default: true, text: { en: 'Whether the cable is plugged in at all', zh: '是否插上网线' } },
    resolver: {
      default: 'named -f',
      choices: ['named -f', 'sleep 600'],
      text: {
        en: 'What runs on the resolver: a name server, or nothing of use',
        zh: '递归解析器上运行的程序：域名服务器，或别的',
      },
    },
  },
  machines: {
    laptop: host({ eth0: '', hostname: 'laptop' }),
    home: networkSwitch(),
    gw: router({
      eth0: '10.0.1.1/24',
      eth1: '203.0.113.1/30',
      gateway: '203.0.113.2',
      files: { '/etc/dhcp/dhcpd.conf': dhcpdConf },
      run: ['dhcpd -f eth0'],
    }),
    isp: router({ eth0: '203.0.113.2/30', eth1: '198.51.100.1/24', routes: ['10.0.1.0/24 via 203.0.113.1'] }),
    centre: networkSwitch(),
    resolver: host({
      eth0: '198.51.100.53/24',
      gateway: '198.51.100.1',
      files: resolverFiles,
      run: [param('resolver')],
    }),
    root: host({
      eth0: '198.51.100.10/24',
      gateway: '198.51.100.1',
      files: authoritative('.', rootZone),
      run: ['named -f'],
    }),
    tld: host({
      eth0: '198.51.100.11/24',
      gateway: '198.51.100.1',
      files: authoritative('test', testZone),
      run: ['named -f'],
    }),
    ns: host({
      eth0: '198.51.100.12/24',
      gateway: '198.51.100.1',
      files: authoritative('shop.test', shopZone),
      run: ['named -f'],
    }),
    web: host({
      eth0: '198.51.100.80/24',
      gateway: '198.51.100.1',
      files: site,
      run: ["httpd -p 80 -H 'Set-Cookie: visitor=1; Path=/' /srv"],
    }),
  },
  cables: [
    cable('laptop', 'home', { rate: '1Gbit', delay: '1us', plugged: false }),
    cable('home', 'gw.eth0', { rate: '1Gbit', delay: '1us' }),
    cable('gw.eth1', 'isp.eth0', { rate: '100Mbit', delay: '8ms' }),
    cable('isp.eth1', 'centre', { rate: '1Gbit', delay: '1ms' }),
    cable('resolver', 'centre', { rate: '1Gbit', delay: '100us' }),
    cable('root', 'centre', { rate: '1Gbit', delay: '20ms' }),
    cable('tld', 'centre', { rate: '1Gbit', delay: '15ms' }),
    cable('ns', 'centre', { rate: '1Gbit', delay: '5ms' }),
    cable('web', 'centre', { rate: '1Gbit', delay: '4ms' }),
  ],
  until: '120s',
  checks: {
    order: {
      text: { en: `The nine steps happen in the order ${NAMES}`, zh: `九个步骤的发生顺序是 ${NAMES}` },
      row: 65,
      clause: 1,
      claim: 'C173',
    },
    packets: {
      text: {
        en: 'Every step on the wire has its packets, each at its own time',
        zh: '每个经过网线的步骤都有自己的分组和时刻',
      },
      row: 65,
      clause: 2,
    },
    sorted: {
      text: { en: 'The order that you gave is the one that happened', zh: '你给出的顺序与实际发生的一致' },
      row: 65,
      clause: 3,
    },
    page: { text: { en: 'The page and its two pictures arrive whole', zh: '网页和两张图片完整到达' } },
    cookie: {
      text: {
        en: 'The cookie that the page sets comes back with the requests for the pictures',
        zh: '网页设置的 Cookie 在请求图片时被带回',
      },
    },
    'one-connection': {
      text: { en: 'One TCP connection carries all three requests', zh: '三个请求共用一条 TCP 连接' },
    },
    'time-wait': { text: { en: 'The side that closed first rests in TIME-WAIT', zh: '先关闭的一方停留在 TIME-WAIT' } },
    cached: {
      text: {
        en: 'A second visit asks no name server beyond the resolver',
        zh: '第二次访问不再询问递归解析器之外的域名服务器',
      },
    },
  },
  counterRuns: {
    unplugged: {
      set: { plugged: false },
      flips: ['order', 'packets', 'page', 'cookie', 'one-connection', 'time-wait'],
      text: { en: 'Without the cable nothing after it happens.', zh: '不插网线，之后的步骤都不会发生。' },
    },
    'as-printed': {
      set: { order: 'a b c d e f g h i' },
      flips: ['sorted'],
      text: {
        en: "The notes' own order, a to i, is not the one that happens.",
        zh: '笔记所列的 a 到 i 的顺序并不是实际顺序。',
      },
    },
    'no-resolver': {
      set: { resolver: 'sleep 600' },
      flips: ['order', 'page', 'cached'],
      text: { en: 'Without name resolution the walk ends at step a.', zh: '没有域名解析，过程停在步骤 a。' },
    },
  },
  async script(tools) {
    const { laptop, params, sleep, until, cable: wire } = tools;
    // Name servers and the web server start first; the laptop is cold.
    await sleep('1s');
    const steps = new Steps(tools);
    tellJoining(tools, steps);
    tellNames(tools, steps);
    tellConnection(tools, steps);
    if (params.plugged === true) wire('laptop-home').plug();
    const client = laptop.start('dhclient -v eth0');
    await until(() => laptop.readFile('/etc/resolv.conf') !== undefined, '20s');
    steps.tell(
      'a',
      `The URL ${URL} is typed: scheme http, host www.shop.test, port 80, path /`,
      `输入 URL ${URL}：协议 http，主机 www.shop.test，端口 80，路径 /`,
    );
    const visit = await laptop.sh(`browser -m 10 ${URL}`);
    if (visit.status === 0) {
      steps.tell('g', 'The browser has interpreted the page and shows it', '浏览器解释页面文档并显示');
    }
    judgeSteps(tools, steps);
    judgePage(tools, visit);
    await sleep('1s');
    judgeClose(tools);
    steps.tell('', 'The same page is visited once more', '再次访问同一个网页');
    await judgeCache(tools, laptop);
    client.kill();
    await client.wait();
  },
});

/** Cable, data link, own address: what happens once, when a machine joins. */
function tellJoining({ on, watch, seen }: LabTools, steps: Steps): void {
  on('link.carrier', ({ values }) => {
    if (values.card !== 'laptop.eth0' || !values.up) return;
    steps.tell(
      'h',
      'The cable is in: the physical link to the access switch is up',
      '插上网线：到接入交换机的物理连接建立',
    );
  });
  watch(
    'dhcp.option.dhcp == 1',
    (p) =>
      steps.tell(
        'f',
        'The first frame crosses the data link to the access router: DHCP Discover, broadcast',
        '第一个帧通过数据链路到达接入路由器：DHCP Discover，广播',
        p,
      ),
    'gw.eth0',
  );
  watch('dhcp.option.dhcp == 2', (p) => {
    const address = p.field('dhcp.ip.your');
    steps.tell('', `DHCP Offer: the router offers ${address}`, `DHCP Offer：路由器提供地址 ${address}`, p);
  });
  on('address.change', ({ host: where, values }) => {
    if (where !== 'laptop' || !values.added || values.address.startsWith('127.')) return;
    steps.tell(
      'd',
      `The laptop has its own address ${values.address}, a gateway and a name server, by DHCP Ack`,
      `笔记本收到 DHCP Ack，得到自己的地址 ${values.address}、网关和域名服务器`,
      seen('dhcp.option.dhcp == 5').last,
    );
  });
  watch(
    'arp.opcode == 1 && arp.dst.proto_ipv4 == 10.0.1.1',
    () => steps.tell('', 'ARP: who has the gateway, 10.0.1.1?', 'ARP：谁是网关 10.0.1.1？'),
    'laptop.eth0',
  );
  watch(
    'arp.opcode == 2 && arp.src.proto_ipv4 == 10.0.1.1',
    (p) => {
      const mac = p.field('arp.src.hw_mac');
      steps.tell('', `ARP: 10.0.1.1 is at ${mac}`, `ARP：10.0.1.1 的 MAC 是 ${mac}`);
    },
    'laptop.eth0',
  );
}

/** The hosts file, then DNS from the stub over the resolver to root, TLD and the shop's own server. */
function tellNames({ on, watch }: LabTools, steps: Steps): void {
  on('syscall', ({ host: where, values }) => {
    if (where !== 'laptop' || values.process !== 'browser' || !values.args.startsWith('"/etc/hosts"')) return;
    steps.tell('', 'The browser looks into /etc/hosts: the name is not there', '浏览器先查 /etc/hosts：没有这个名字');
  });
  watch('dns.flags.response == 0', (p) => {
    const name = p.field('dns.qry.name');
    if (p.card.startsWith('laptop.')) {
      steps.tell('b', `DNS: the laptop asks its resolver for ${name}`, `DNS：笔记本向递归解析器查询 ${name}`, p);
    } else {
      const server = SERVERS.get(String(p.field('ip.dst'))) ?? p.field('ip.dst');
      steps.tell('', `DNS: the resolver asks ${server} for ${name}`, `DNS：递归解析器向 ${server} 查询 ${name}`, p);
    }
  });
  watch(
    'dns.flags.response == 1',
    (p) => {
      const [name, answer] = [p.field('dns.qry.name'), p.fields('dns.a').join(', ')];
      steps.tell('', `DNS: the answer, ${name} is ${answer}`, `DNS：答案，${name} 是 ${answer}`, p);
    },
    'laptop.eth0',
  );
}

/** TCP, HTTP, and the close. */
function tellConnection({ on, watch }: LabTools, steps: Steps): void {
  watch('tcp.flags.syn == 1 && tcp.flags.ack == 0', (p) => {
    const to = `${p.field('ip.dst')}:${p.field('tcp.dstport')}`;
    const first = !steps.told.has('i');
    steps.tell(
      first ? 'i' : '',
      `TCP: SYN to ${to}, the first of three segments`,
      `TCP：向 ${to} 发送 SYN，三次握手的第一个`,
      p,
    );
  });
  watch(
    'tcp.flags.syn == 1 && tcp.flags.ack == 1',
    (p) =>
      steps.tell('', 'TCP: SYN, ACK comes back; the laptop answers with ACK', 'TCP：SYN, ACK 返回，笔记本回以 ACK', p),
    'laptop.eth0',
  );
  watch('http.request', (p) => {
    const line = `${p.field('http.request.method')} ${p.field('http.request.uri')}`;
    const cookie = p.field('http.cookie');
    const en = cookie === undefined ? '' : `, with the cookie ${cookie}`;
    const zh = cookie === undefined ? '' : `，带 Cookie ${cookie}`;
    steps.tell(
      steps.told.has('e') ? '' : 'e',
      `HTTP: ${line} on that connection${en}`,
      `HTTP：在这条连接上发送 ${line}${zh}`,
      p,
    );
  });
  watch(
    'http.response',
    (p) => {
      const [code, length] = [p.field('http.response.code'), p.field('http.content_length_header')];
      steps.tell(
        steps.told.has('c') ? '' : 'c',
        `HTTP: ${code}, ${length} bytes of ${p.field('http.content_type')} arrive`,
        `HTTP：${code}，${length} 字节的 ${p.field('http.content_type')} 到达`,
        p,
      );
    },
    'laptop.eth0',
  );
  on('tcp.state', ({ host: where, values: { from, to } }) => {
    if (where !== 'laptop' || (to !== 'FIN-WAIT-1' && to !== 'TIME-WAIT')) return;
    steps.tell('', `TCP: the laptop's connection goes from ${from} to ${to}`, `TCP：笔记本的连接从 ${from} 变为 ${to}`);
  });
}

function judgeSteps({ check, seen, params }: LabTools, steps: Steps): void {
  check('order', () => ({ met: steps.order === NAMES, saw: steps.order === '' ? 'no step at all' : steps.order }));
  check(
    'packets',
    () => {
      const onTheWire = ['f', 'd', 'b', 'i', 'e', 'c'].map((mark) => steps.told.get(mark));
      const times = onTheWire.map((step) => step?.atNs ?? -1);
      const each = onTheWire.every((step) => step !== undefined && step.packet > 0);
      const rising = times.every((at, k) => k === 0 || at > times[k - 1]!);
      return { met: each && rising, saw: `instants of f d b i e c: ${times.join(' ')}` };
    },
    seen('http.response', 'laptop.eth0').first,
  );
  check('sorted', () => {
    const given = String(params.order)
      .toLowerCase()
      .replace(/[^a-i]/g, '')
      .split('')
      .join(' ');
    return { met: given === NAMES, saw: given };
  });
}

function judgePage({ check, seen }: LabTools, visit: Finished): void {
  const syn = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0');
  const requests = seen('http.request');
  const responses = seen('http.response.code == 200', 'laptop.eth0');
  check(
    'page',
    () => ({
      met: visit.status === 0 && visit.stdout.includes('Welcome to the shop') && responses.count === 3,
      saw: `exit status ${visit.status}, ${responses.count} responses with 200; ${visit.stderr.trim()}`,
    }),
    responses.last,
  );
  check(
    'cookie',
    () => {
      const carried = requests.packets.filter((p) => String(p.field('http.cookie')).includes('visitor=1')).length;
      return { met: requests.count === 3 && carried === 2, saw: `${carried} of ${requests.count} requests carry it` };
    },
    requests.last,
  );
  check(
    'one-connection',
    () => ({
      met: syn.count === 1 && requests.count === 3,
      saw: `${syn.count} connections, ${requests.count} requests`,
    }),
    syn.first,
  );
}

function judgeClose({ check, events }: LabTools): void {
  check('time-wait', () => {
    const rest = events('tcp.state').find(({ host: where, values }) => where === 'laptop' && values.to === 'TIME-WAIT');
    return {
      met: rest !== undefined,
      ...(rest === undefined ? {} : { atNs: rest.at }),
      saw: 'no TIME-WAIT on the laptop',
    };
  });
}

async function judgeCache({ check, seen }: LabTools, laptop: HostControl): Promise<void> {
  const asked = seen('dns.flags.response == 0').count;
  const again = await laptop.sh(`browser -m 10 ${URL}`);
  const later = seen('dns.flags.response == 0').packets.slice(asked);
  check(
    'cached',
    () => {
      const own = later.every((p) => p.card === 'laptop.eth0');
      const asks = later.map((p) => p.card).join(', ');
      return { met: again.status === 0 && later.length > 0 && own, saw: `queries from ${asks || 'nobody'}` };
    },
    later.at(-1),
  );
}
