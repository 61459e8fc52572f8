/** Four statements about layer 4 and layer 7, each judged by packets: SNMP, addresses and ports, HTTP, and proxies of both kinds. */
import { cable, host, lab, networkSwitch, param } from '@netarium/core/check/lab.ts';
import type { LabContext, SeenPacket } from '@netarium/core/check/lab-context.ts';
import { agent, relay, sayTo, shout, snmpGet } from './programs.ts';

type Context = LabContext<'client' | 'device' | 'front' | 'web'>;

const text = (en: string, zh: string) => ({ en, zh });

export default lab({
  id: 'layer-4-or-7',
  title: text('Layer 4 or layer 7: four statements', '四层还是七层：四句话'),
  text: text(
    'A: SNMP works in layer 4. B: layer 4 is mainly IP and port. C: HTTP is layer 7. D: layer-4 proxies handle TCP and UDP, layer-7 proxies HTTP. A device is asked by SNMP, a page is fetched, and both HTTP and a protocol of its own go through a relay that reads no byte and through a proxy that reads HTTP.',
    'A：SNMP 在四层。B：四层主要是 IP 和端口。C：HTTP 在七层。D：四层代理面向 TCP/UDP，七层代理面向 HTTP。实验用 SNMP 询问一台设备，取一个网页，再让 HTTP 和一种自定义协议分别经过不看内容的中继和读懂 HTTP 的代理。',
  ),
  params: {
    agent: {
      default: 'agent',
      choices: ['agent', 'sleep 600'],
      text: text('What runs on the device', '设备上运行的程序'),
    },
    layer4: {
      default: 'ports',
      choices: ['ports', 'addresses and ports'],
      text: text('What you say that the headers of layer 4 hold', '你认为四层头部里有什么'),
    },
    web: {
      default: 'httpd -p 80 /srv',
      choices: ['httpd -p 80 /srv', 'shout 80'],
      text: text('What runs on the web server', 'Web 服务器上运行的程序'),
    },
    seven: {
      default: 'proxy --listen 0.0.0.0:8008 --to 10.0.1.3:7000',
      choices: ['proxy --listen 0.0.0.0:8008 --to 10.0.1.3:7000', 'relay 8008 10.0.1.3 7000'],
      text: text('The proxy of layer 7 in front of the protocol that is not HTTP', '非 HTTP 协议前面的七层代理'),
    },
  },
  machines: {
    client: host({ eth0: '10.0.1.2/24' }),
    device: host({ eth0: '10.0.1.3/24', run: [param('agent'), 'shout 7000'] }),
    front: host({ eth0: '10.0.1.4/24', run: ['relay 8004 10.0.1.3 7000', 'relay 8080 10.0.1.5 80', param('seven')] }),
    web: host({ eth0: '10.0.1.5/24', files: { '/srv/index.html': '<h1>Hello</h1>\n' }, run: [param('web')] }),
    sw: networkSwitch(),
  },
  cables: ['client', 'device', 'front', 'web'].map((name) => cable(name, 'sw', { rate: '100Mbit', delay: '1ms' })),
  programs: { agent, 'snmp-get': snmpGet, shout, relay, 'say-to': sayTo },
  checks: {
    snmp: {
      text: text(
        'A is wrong: an SNMP message is what UDP carries, behind the header of layer 4',
        'A 错：SNMP 报文是 UDP 的载荷，在四层头部之后',
      ),
      claim: 'C007',
      row: 2,
      clause: 1,
    },
    addresses: {
      text: text(
        'B is wrong: addresses stand in the header of layer 3, in that of layer 4 only ports',
        'B 错：地址在三层头部里，四层头部里只有端口',
      ),
      claim: 'C008',
      row: 2,
      clause: 2,
    },
    http: {
      text: text('C is right: HTTP begins where the header of TCP ends', 'C 对：HTTP 从 TCP 头部之后开始'),
      claim: 'C004',
      row: 2,
      clause: 3,
    },
    proxies: {
      text: text(
        'D is right: the relay carries either protocol, the proxy refuses what is not HTTP',
        'D 对：中继两种协议都转，代理拒绝不是 HTTP 的内容',
      ),
      claim: 'C009',
      row: 2,
      clause: 4,
    },
  },
  counterRuns: {
    'no-agent': {
      set: { agent: 'sleep 600' },
      flips: ['snmp'],
      text: text('No agent answers.', '没有 SNMP agent 应答。'),
    },
    'as-the-statement': {
      set: { layer4: 'addresses and ports' },
      flips: ['addresses'],
      text: text('What statement B says, laid beside the headers.', '把 B 的说法和头部对照。'),
    },
    'not-http': {
      set: { web: 'shout 80' },
      flips: ['http'],
      text: text('Port 80 with another protocol.', '80 端口上换成别的协议。'),
    },
    'relay-instead': {
      set: { seven: 'relay 8008 10.0.1.3 7000' },
      flips: ['proxies'],
      text: text('A relay in the place of the proxy.', '用中继代替代理。'),
    },
  },
  async script(context) {
    await context.sleep('50ms');
    await statementA(context);
    await statementC(context);
    statementB(context);
    await statementD(context);
  },
});

const yes = (there: boolean): string => (there ? 'yes' : 'no');
const zhYes = (there: boolean): string => (there ? '有' : '没有');

const layer = ({ layers }: SeenPacket, name: string) => layers.find(({ protocol }) => protocol === name);

async function statementA({ client, seen, check, say }: Context): Promise<void> {
  const told = (await client.sh('snmp-get 10.0.1.3')).stdout.trim();
  const answer = seen('snmp.get_response_element').first;
  const [udp, snmp] = ['udp', 'snmp'].map((name) => answer && layer(answer, name));
  say(text(`The device says by SNMP: ${told}`, `设备用 SNMP 回答：${told}`));
  if (udp !== undefined && snmp !== undefined)
    say(
      text(
        `Its UDP header: bytes ${udp.start} to ${udp.end - 1}; SNMP from byte ${snmp.start}, object ${answer!.field('snmp.name')}`,
        `UDP 头部：字节 ${udp.start} 到 ${udp.end - 1}；SNMP 从字节 ${snmp.start} 开始，对象 ${answer!.field('snmp.name')}`,
      ),
    );
  check(
    'snmp',
    () => ({
      met: snmp !== undefined && snmp.start === udp?.end && answer!.field('snmp.var-bind_str') === told,
      saw: `the answer: ${told}`,
    }),
    answer,
  );
}

async function statementC({ client, seen, check, say }: Context): Promise<void> {
  await client.sh("curl -s -m 5 -H 'Connection: close' http://10.0.1.4:8080/");
  const head = seen('http.response && tcp.srcport == 80').first;
  const [tcp, http] = ['tcp', 'http'].map((name) => head && layer(head, name));
  if (tcp !== undefined && http !== undefined)
    say(
      text(
        `The page: TCP to byte ${tcp.end - 1}, HTTP from byte ${http.start}`,
        `网页：TCP 到字节 ${tcp.end - 1}，HTTP 从字节 ${http.start} 开始`,
      ),
    );
  check(
    'http',
    () => ({ met: http !== undefined && http.start === tcp?.end, saw: 'no HTTP response from port 80' }),
    head,
  );
}

/** Where the fields that name ends stand, over all packets with a layer 4. */
function statementB({ params, seen, check, say }: Context): void {
  const packets = seen('tcp || udp').packets;
  const fieldsOf = (names: readonly string[]) =>
    new Set(
      packets.flatMap((p) =>
        p.layers
          .filter(({ protocol }) => names.includes(protocol))
          .flatMap(({ fields }) => fields.map(({ name }) => name)),
      ),
    );
  const four = fieldsOf(['tcp', 'udp']);
  const [addresses, ports] = [
    four.has('ip.src') || four.has('ip.dst'),
    ['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'].every((name) => four.has(name)),
  ];
  const three = fieldsOf(['ip']);
  say(
    text(
      `${packets.length} packets: in layer 4 ports ${yes(ports)}, addresses ${yes(addresses)}; addresses in layer 3 ${yes(three.has('ip.src'))}`,
      `${packets.length} 个分组：四层里的端口${zhYes(ports)}，地址${zhYes(addresses)}；三层里的地址${zhYes(three.has('ip.src'))}`,
    ),
  );
  const found = addresses ? 'addresses and ports' : 'ports';
  check(
    'addresses',
    () => ({
      met: ports && three.has('ip.src') && params.layer4 === found,
      saw: `the headers of layer 4 hold ${found}`,
    }),
    packets[0],
  );
}

async function statementD({ client, seen, check, say }: Context): Promise<void> {
  const four = (await client.sh('say-to 10.0.1.4 8004 hello')).stdout.trim();
  const seven = (await client.sh('say-to 10.0.1.4 8008 hello')).stdout.trim();
  say(text(`"hello" through the relay: ${four}`, `“hello”经过中继：${four}`));
  say(text(`"hello" through the proxy: ${seven}`, `“hello”经过代理：${seven}`));
  const page = seen('http.response && tcp.srcport == 8080').count;
  check('proxies', () => ({
    met: four === 'HELLO' && /^HTTP\/1\.1 400/.test(seven),
    saw: `relay: ${four}; proxy: ${seven}; pages through the relay: ${page}`,
  }));
}
