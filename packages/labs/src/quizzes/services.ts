/** Predict-first: name service, the visit of a site, finding faults (areas A7, A8, A10). */
import { byCheck, byOrder, number, one, order, packetEvidence, type QuizItem, text } from './quiz.ts';

export const serviceItems: readonly QuizItem[] = [
  {
    id: 'sort-a-resolution',
    rows: [55, 62],
    lab: 'dns',
    question: text(
      'www.shop.test is asked for with all caches cold. In which order are the servers asked?',
      '所有缓存都是空的，查询 www.shop.test。各服务器按什么顺序被询问？',
    ),
    task: order({
      test: ['the server of test.', 'test. 的服务器'],
      resolver: ['the recursive resolver', '递归解析器'],
      'shop.test': ['the server of shop.test.', 'shop.test. 的服务器'],
      forwarder: ['the forwarder of resolv.conf', 'resolv.conf 里的转发服务器'],
      root: ['a root server', '根服务器'],
    }),
    decide: byOrder(/^\w+ asks (\S+) for www\.shop\.test/, ([server]) => server!),
    why: text(
      'The stub asks one server only; it is the resolver that walks down from the root, zone by zone (RFC 1034, 5.3.3).',
      '本机存根只问一台服务器；由解析器从根开始逐级向下查（RFC 1034 5.3.3）。',
    ),
    expected: ['forwarder', 'resolver', 'root', 'test', 'shop.test'],
    otherwise: { set: { server: '10.0.0.3' }, expected: ['resolver', 'root', 'test', 'shop.test'] },
  },
  {
    id: 'long-dns-answer',
    rows: [62, 55],
    lab: 'dns',
    question: text(
      'A DNS answer is longer than 512 bytes, and the client did not announce EDNS. By which transport does the whole answer arrive?',
      'DNS 应答超过 512 字节，客户端没有声明 EDNS。完整应答最后经哪种传输协议到达？',
    ),
    task: one({ udp: ['UDP', 'UDP'], tcp: ['TCP', 'TCP'] }),
    decide: byCheck('by-tcp', 'tcp', 'udp', /TC=1/),
    why: text(
      'The UDP answer comes with TC set; the client asks again over TCP port 53 (RFC 1035, 4.2; RFC 7766).',
      'UDP 应答带 TC 标志，客户端改用 TCP 53 端口再问（RFC 1035 4.2、RFC 7766）。',
    ),
    expected: ['tcp'],
    otherwise: { set: { big: 'www.shop.test' }, expected: ['udp'] },
  },
  {
    id: 'hosts-wins',
    rows: [56],
    lab: 'hosts-file',
    question: text(
      '/etc/hosts says 10.0.0.99, the name server says 10.0.0.80. Which address does a program on that host get with the usual order "files dns"?',
      '/etc/hosts 写着 10.0.0.99，DNS 服务器说 10.0.0.80。按通常的顺序“files dns”，本机程序得到哪个地址？',
    ),
    task: one({
      hosts: ['10.0.0.99', '10.0.0.99'],
      dns: ['10.0.0.80', '10.0.0.80'],
      both: ['both', '两个都有'],
      error: ['an error: they disagree', '报错：两者矛盾'],
    }),
    decide: byCheck('own', 'hosts', 'dns', /Ann gets/),
    why: text(
      'The hosts file is read first and its answer ends the search; no DNS query leaves the host (nsswitch.conf(5)).',
      '先读 hosts 文件，命中就不再查，主机不发任何 DNS 查询（nsswitch.conf(5)）。',
    ),
    expected: ['hosts'],
    otherwise: { set: { entry: false }, expected: ['dns'] },
  },
  {
    id: 'sort-a-visit',
    rows: [65],
    lab: 'visit-website',
    question: text(
      'A cold laptop is plugged in and visits a web site. Put the nine steps into their order.',
      '一台刚开机的笔记本插上网线并访问网站。把九个步骤排好顺序。',
    ),
    task: order({
      a: ['the URL is taken apart: scheme, host, port, path', '拆解 URL：协议、主机、端口、路径'],
      b: ['DNS gives the server’s address', '经 DNS 得到服务器地址'],
      c: ['the document arrives from the server', '从服务器收到文档'],
      d: ['the laptop gets an address of its own', '笔记本得到自己的 IP 地址'],
      e: ['the HTTP request goes out', '发出 HTTP 请求'],
      f: ['a data link to the access router', '与接入路由器建立数据链路'],
      g: ['the browser interprets and shows the page', '浏览器解释并显示页面'],
      h: ['the physical link is up', '物理层连接接通'],
      i: ['a TCP connection to the server', '与服务器建立 TCP 连接'],
    }),
    decide: ({ run }) => {
      const steps = run.story.filter(({ mark }) => mark !== '').sort((x, y) => x.atNs - y.atNs);
      return {
        answer: [...new Set(steps.map(({ mark }) => mark))],
        evidence: steps.map(({ atNs, mark, text: { en, zh } }) => ({
          atNs,
          text: { en: `${mark} ${en}`, zh: `${mark} ${zh}` },
        })),
      };
    },
    why: text(
      'Whoever has no link gets no address; without an address there is no DNS, without DNS no connection, without a connection no request.',
      '没有链路就没有地址；没有地址就查不了 DNS；没有 DNS 结果就建不了连接；没有连接就发不了请求。',
    ),
    expected: ['h', 'f', 'd', 'a', 'b', 'i', 'e', 'c', 'g'],
    otherwise: { set: { resolver: 'sleep 600' }, expected: ['h', 'f', 'd', 'a', 'b'] },
  },
  {
    id: 'requests-per-connection',
    rows: [65, 61, 66],
    lab: 'visit-website',
    question: text(
      'A page with two pictures is fetched from one server over HTTP/1.1, one request after the other. How many TCP connections does it take?',
      '用 HTTP/1.1 从同一台服务器依次取一个页面和它的两张图片。一共要几条 TCP 连接？',
    ),
    task: number('connections', '条连接'),
    decide: ({ run, seen }) => {
      const until = run.story.find(({ mark }) => mark === 'g')?.atNs ?? 0;
      const syns = seen('tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 80').packets.filter(
        ({ atNs }) => atNs <= until,
      );
      const gets = seen('http.request').packets.filter(({ atNs }) => atNs <= until);
      return { answer: until === 0 ? [] : [String(syns.length)], evidence: [...syns, ...gets].map(packetEvidence) };
    },
    why: text(
      'Connections persist unless one side says close (RFC 9112, 9.3): three requests, one handshake. Browsers open up to six in order to fetch side by side.',
      '除非一方要求关闭，连接会保持（RFC 9112 9.3）：三个请求，一次握手。浏览器为了并行下载，最多会开六条。',
    ),
    expected: ['1'],
  },
  {
    id: 'traceroute-probes',
    rows: [88],
    quiz: 'Q048',
    lab: 'traceroute',
    question: text(
      'traceroute on Linux, without options: of which protocol are the probes that it sends?',
      'Linux 的 traceroute 不带任何选项，它发出的探测包是哪种协议？',
    ),
    task: one({ vrrp: ['VRRP', 'VRRP'], udp: ['UDP', 'UDP'], arp: ['ARP', 'ARP'], icmp: ['ICMP', 'ICMP'] }),
    decide: ({ seen }) => {
      const probe = seen('ip.ttl == 1 && ip.src == 10.0.1.2', 'laptop.eth0').first;
      const answer = seen('icmp.type == 11', 'laptop.eth0').first;
      if (probe === undefined) return { answer: [], evidence: [] };
      // An error message quotes the packet that it is about; a probe is what it says outermost.
      const protocol = probe.layers.find(({ protocol: name }) => name === 'udp' || name === 'icmp')?.protocol;
      return {
        answer: protocol === undefined ? [] : [protocol],
        evidence: [packetEvidence(probe), ...(answer === undefined ? [] : [packetEvidence(answer)])],
      };
    },
    why: text(
      'UDP to high ports, with TTL 1, 2, 3 …; the routers’ answers are ICMP time exceeded, and Windows’ tracert sends ICMP. So "ICMP" is right only for the answers.',
      '默认发往高端口的 UDP，TTL 依次为 1、2、3……；路由器的应答才是 ICMP 超时，Windows 的 tracert 发 ICMP。所以只有问应答时“ICMP”才对。',
    ),
    expected: ['udp'],
  },
  {
    id: 'ping-works-order-hangs',
    rows: [86, 89, 36],
    lab: 'black-hole',
    question: text(
      'A link in the middle carries 1400 bytes only, and a firewall drops all ICMP errors. ping works. What becomes of an order of 30,000 bytes over TCP?',
      '途中一段链路 MTU 只有 1400，防火墙丢弃所有 ICMP 差错报文。ping 正常。通过 TCP 发 30000 字节的订单会怎样？',
    ),
    task: one({
      hangs: ['it connects and then hangs', '能连上，然后卡住'],
      delivered: ['it arrives: TCP finds the size by itself', '能送达：TCP 自己会找到合适的大小'],
      refused: ['connect fails', '连接就失败'],
      reset: ['the router resets the connection', '路由器重置连接'],
    }),
    decide: byCheck('stuck', 'hangs', 'delivered', /^An order of 30000/),
    why: text(
      'Small packets pass, full segments with DF die at the router, and the ICMP that would say so is dropped: a path-MTU black hole (RFC 2923).',
      '小包能过，带 DF 的满长报文段在路由器被丢，而说明原因的 ICMP 被防火墙丢弃：路径 MTU 黑洞（RFC 2923）。',
    ),
    expected: ['hangs'],
    otherwise: { set: { narrow: 1500 }, expected: ['delivered'] },
  },
];
