/**
 * What a field of a packet is for: one sentence for those that people ask about, and for every other one where its protocol defines it. The value stands in
 * the field's own line.
 */
import type { Explained } from './drop-reasons.ts';

const said = (en: string, zh: string, rule: string): Explained => ({ text: { en, zh }, rule });

const FIELDS: ReadonlyMap<string, Explained> = new Map<string, Explained>([
  [
    'frame.len',
    said(
      'Bytes of the frame on the wire, without preamble and frame check sequence.',
      '帧在线上的字节数，不含前导码和帧校验序列 FCS。',
      'IEEE 802.3 clause 3',
    ),
  ],
  [
    'eth.dst',
    said(
      'The card on this link that is to take the frame; it changes at every router.',
      '本链路上应当接收这一帧的网卡；每过一个路由器都会变。',
      'IEEE 802.3 clause 3.2.3',
    ),
  ],
  [
    'eth.src',
    said(
      'The card on this link that sent the frame; it changes at every router.',
      '本链路上发出这一帧的网卡；每过一个路由器都会变。',
      'IEEE 802.3 clause 3.2.3',
    ),
  ],
  ['eth.type', said('Which protocol the frame carries.', '帧里装的是哪种协议。', 'IEEE 802.3 clause 3.2.6')],
  ['vlan.id', said('The virtual network that the frame belongs to.', '帧所属的虚拟局域网。', 'IEEE 802.1Q clause 9.6')],
  ['arp.opcode', said('1 asks who has an address, 2 answers.', '1 是询问谁有这个地址，2 是回答。', 'RFC 826')],
  [
    'arp.src.proto_ipv4',
    said(
      'The sender’s IP address: all who hear it may learn it.',
      '发送方的 IP 地址：听到的人都可以学下来。',
      'RFC 826',
    ),
  ],
  ['arp.dst.proto_ipv4', said('The address that is asked for.', '所询问的地址。', 'RFC 826')],
  [
    'ip.ttl',
    said(
      'Every router takes one off; at 0 the packet is dropped and the sender told. This is how traceroute finds routers.',
      '每个路由器减一；减到 0 就丢弃并告知发送方。traceroute 就靠它找到路由器。',
      'RFC 791 section 3.1; RFC 1812 section 5.3.1',
    ),
  ],
  [
    'ip.id',
    said('The same in all fragments of one datagram.', '同一数据报的所有分片都相同。', 'RFC 791 section 3.1; RFC 6864'),
  ],
  [
    'ip.flags.df',
    said(
      'Set: routers may not cut the packet; one that is too long is dropped and reported. Path MTU discovery lives on it.',
      '置位：路由器不得分片；太长就丢弃并报告。路径 MTU 发现靠的就是它。',
      'RFC 791 section 3.1; RFC 1191',
    ),
  ],
  ['ip.flags.mf', said('Set: this is not the last fragment.', '置位：这不是最后一个分片。', 'RFC 791 section 3.1')],
  [
    'ip.frag_offset',
    said('Where this fragment begins in the datagram.', '本分片在原数据报中的起点。', 'RFC 791 section 3.1'),
  ],
  ['ip.proto', said('Which protocol the packet carries.', '分组里装的是哪种协议。', 'RFC 791 section 3.1')],
  ['ip.dsfield.dscp', said('How routers are asked to treat the packet.', '请求路由器怎样对待这个分组。', 'RFC 2474')],
  [
    'ip.dsfield.ecn',
    said(
      'Lets routers mark congestion instead of dropping.',
      '让路由器用标记代替丢弃来通知拥塞。',
      'RFC 3168 section 5',
    ),
  ],
  [
    'ip.checksum',
    said(
      'Covers the IP header only; every router computes it anew, because the TTL changed.',
      '只覆盖 IP 头部；TTL 变了，所以每个路由器都要重算。',
      'RFC 791 section 3.1; RFC 1624',
    ),
  ],
  [
    'ip.src',
    said(
      'Who sent it; the same all the way, unless addresses are translated.',
      '谁发的；全程不变，除非做了地址转换 NAT。',
      'RFC 791 section 3.1',
    ),
  ],
  ['ip.dst', said('For whom it is; routers choose the way by it.', '发给谁；路由器按它选路。', 'RFC 791 section 3.1')],
  ['ip.len', said('Bytes of header and data together.', '头部和数据的总字节数。', 'RFC 791 section 3.1')],
  [
    'icmp.type',
    said(
      'What the message says: 8 asks for an echo, 0 answers, 3 could not be delivered, 11 time exceeded.',
      '报文的含义：8 请求回显，0 应答，3 不可达，11 超时。',
      'RFC 792',
    ),
  ],
  ['icmp.code', said('The exact case within the type.', '该类型下的具体情况。', 'RFC 792')],
  [
    'icmp.mtu',
    said('The longest packet that the next link carries.', '下一条链路能承载的最大分组。', 'RFC 1191 section 4'),
  ],
  [
    'icmp.seq',
    said('Counts the requests, so that each answer finds its own.', '给请求编号，让每个应答对得上。', 'RFC 792'),
  ],
  ['udp.length', said('Bytes of header and data.', '头部加数据的字节数。', 'RFC 768')],
  [
    'udp.checksum',
    said(
      'Covers addresses, header and data; 0 means that there is none.',
      '覆盖地址、头部和数据；0 表示没有校验和。',
      'RFC 768',
    ),
  ],
  [
    'tcp.srcport',
    said(
      'With the addresses and the other port it names the connection.',
      '它和两端地址、另一个端口一起标识一条连接。',
      'RFC 9293 section 3.1',
    ),
  ],
  [
    'tcp.dstport',
    said(
      'With the addresses and the other port it names the connection.',
      '它和两端地址、另一个端口一起标识一条连接。',
      'RFC 9293 section 3.1',
    ),
  ],
  [
    'tcp.seq',
    said(
      'The number of this segment’s first byte, counted from the connection’s beginning.',
      '本报文段第一个字节的编号，从连接开始数起。',
      'RFC 9293 section 3.4',
    ),
  ],
  [
    'tcp.seq_raw',
    said(
      'As it stands in the header: the count begins at a number that nobody can guess.',
      '头部里的原始值：计数从一个猜不到的数开始。',
      'RFC 9293 section 3.4.1; RFC 6528',
    ),
  ],
  [
    'tcp.nxtseq',
    said(
      'The number of the byte after this segment: what its acknowledgement will say.',
      '本报文段之后第一个字节的编号：确认号将会是它。',
      'RFC 9293 section 3.4',
    ),
  ],
  [
    'tcp.ack',
    said(
      'All bytes before this number have arrived; this one is expected next.',
      '此编号之前的字节都已收到，期待的下一个就是它。',
      'RFC 9293 section 3.4',
    ),
  ],
  ['tcp.len', said('Bytes of data in this segment.', '本报文段的数据字节数。', 'RFC 9293 section 3.1')],
  [
    'tcp.flags.syn',
    said('Opens the connection; takes one sequence number.', '建立连接；占用一个序号。', 'RFC 9293 section 3.5'),
  ],
  [
    'tcp.flags.fin',
    said(
      'No more data will come from this side; takes one sequence number.',
      '本端不再发数据；占用一个序号。',
      'RFC 9293 section 3.6',
    ),
  ],
  [
    'tcp.flags.reset',
    said(
      'Ends the connection at once: something is wrong, or nobody listens.',
      '立刻终止连接：出了错，或没有人监听。',
      'RFC 9293 section 3.5.2',
    ),
  ],
  [
    'tcp.flags.push',
    said(
      'The writer’s data ends here: hand it to the reader.',
      '写入的一段数据到此为止：交给读者。',
      'RFC 9293 section 3.9.1',
    ),
  ],
  [
    'tcp.flags.ack',
    said(
      'The acknowledgement number counts: set in all segments but the first SYN.',
      '确认号有效：除第一个 SYN 外都置位。',
      'RFC 9293 section 3.1',
    ),
  ],
  [
    'tcp.flags.ece',
    said(
      'A router marked congestion, and the receiver says so.',
      '路由器标记了拥塞，接收方转告。',
      'RFC 3168 section 6.1',
    ),
  ],
  [
    'tcp.flags.cwr',
    said('The sender has reduced its congestion window.', '发送方已经减小拥塞窗口。', 'RFC 3168 section 6.1'),
  ],
  [
    'tcp.window_size_value',
    said(
      'Free room in the receive buffer, before scaling.',
      '接收缓冲区的空闲，换算之前的值。',
      'RFC 9293 section 3.1; RFC 7323 section 2',
    ),
  ],
  [
    'tcp.window_size',
    said(
      'Free room in the receive buffer: the peer may not have more than this unacknowledged.',
      '接收缓冲区的空闲：对端未确认的数据不得超过它。',
      'RFC 9293 section 3.8.6; RFC 7323 section 2',
    ),
  ],
  [
    'tcp.checksum',
    said(
      'Covers addresses, header and data; what does not match is dropped without a word.',
      '覆盖地址、头部和数据；不符就默默丢弃。',
      'RFC 9293 section 3.1',
    ),
  ],
  [
    'tcp.options.mss_val',
    said(
      'The largest segment that this side can take; only in a SYN.',
      '本端能接收的最大报文段；只在 SYN 里。',
      'RFC 9293 section 3.7.1',
    ),
  ],
  [
    'tcp.options.wscale.shift',
    said(
      'Later windows count units of two to this power; only in a SYN.',
      '以后的窗口值要左移这么多位；只在 SYN 里。',
      'RFC 7323 section 2',
    ),
  ],
  [
    'tcp.options.sack_le',
    said(
      'Bytes from here to the right edge have arrived above a gap.',
      '从这里到右边界的字节已到，但前面有缺口。',
      'RFC 2018 section 3',
    ),
  ],
  [
    'tcp.options.sack_re',
    said(
      'The byte after the block that has arrived above a gap.',
      '缺口之后已到的这一块的下一个字节。',
      'RFC 2018 section 3',
    ),
  ],
  [
    'tcp.options.timestamp.tsval',
    said(
      'The sender’s clock: the receiver sends it back, and the round trip is measured.',
      '发送方的时钟：接收方原样送回，用来测往返时间。',
      'RFC 7323 section 3',
    ),
  ],
  ['tcp.options.timestamp.tsecr', said('The peer’s clock, sent back.', '送回对端的时钟值。', 'RFC 7323 section 3')],
  [
    'tcp.stream',
    said(
      'Counts the connections of this capture; not in the packet.',
      '给本次抓包里的连接编号；分组里没有它。',
      'Wireshark’s own',
    ),
  ],
  [
    'dns.id',
    said(
      'The response bears the query’s number; whoever can guess it can forge an answer.',
      '响应带着查询的编号；猜得到它就能伪造应答。',
      'RFC 1035 section 4.1.1; RFC 5452',
    ),
  ],
  ['dns.flags.response', said('Query or response.', '查询还是响应。', 'RFC 1035 section 4.1.1')],
  [
    'dns.flags.rcode',
    said(
      '0 is success, 2 server failure, 3 no such name.',
      '0 成功，2 服务器失败，3 没有这个域名。',
      'RFC 1035 section 4.1.1',
    ),
  ],
  ['dns.qry.name', said('The name that is asked for.', '所查询的域名。', 'RFC 1035 section 4.1.2')],
  [
    'dns.qry.type',
    said(
      'Which kind of record is asked for: A is an IPv4 address.',
      '查询哪种记录：A 是 IPv4 地址。',
      'RFC 1035 section 3.2.2',
    ),
  ],
  ['dns.resp.ttl', said('So many seconds the answer may be kept.', '应答可以缓存多少秒。', 'RFC 1035 section 3.2.1')],
  ['dns.a', said('The address of the name.', '域名对应的地址。', 'RFC 1035 section 3.4.1')],
  [
    'dns.cname',
    said(
      'The name is another one’s alias: the question goes on there.',
      '这是另一个名字的别名：接着查那个名字。',
      'RFC 1035 section 3.3.1',
    ),
  ],
  [
    'dhcp.option.dhcp',
    said(
      'Which step of discover, offer, request, acknowledge this is.',
      '这是发现、提供、请求、确认中的哪一步。',
      'RFC 2132 section 9.6',
    ),
  ],
  ['dhcp.ip.your', said('The address that the client may use.', '客户端可以使用的地址。', 'RFC 2131 section 2')],
  [
    'dhcp.id',
    said('Chosen by the client: answers bear the same.', '由客户端选定：应答带同样的值。', 'RFC 2131 section 2'),
  ],
  [
    'dhcp.option.ip_address_lease_time',
    said('So many seconds the address belongs to the client.', '地址归客户端使用多少秒。', 'RFC 2132 section 9.2'),
  ],
  [
    'snmp.community',
    said(
      'A password in plain text: whoever sees it may use it.',
      '明文的口令：谁看见都能用。',
      'RFC 1157 section 3.2.5',
    ),
  ],
  [
    'snmp.name',
    said(
      'Which object of the device is meant: a place in the tree of all objects.',
      '指的是设备上的哪个对象：它在对象树中的位置。',
      'RFC 2578 section 3.5',
    ),
  ],
  [
    'http.request.method',
    said(
      'What is to be done with the resource: GET only reads it.',
      '要对资源做什么：GET 只读取。',
      'RFC 9110 section 9',
    ),
  ],
  ['http.request.uri', said('Which resource.', '哪个资源。', 'RFC 9112 section 3.2')],
  [
    'http.response.code',
    said(
      '2xx went well, 3xx is elsewhere, 4xx was the client’s mistake, 5xx the server’s.',
      '2xx 成功，3xx 在别处，4xx 是客户端的错，5xx 是服务器的错。',
      'RFC 9110 section 15',
    ),
  ],
]);

/** Where each protocol defines its fields, by the first part of their names. */
const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['eth', 'IEEE 802.3 clause 3'],
  ['vlan', 'IEEE 802.1Q clause 9.6'],
  ['arp', 'RFC 826'],
  ['ip', 'RFC 791 section 3.1'],
  ['icmp', 'RFC 792'],
  ['igmp', 'RFC 3376 section 4'],
  ['udp', 'RFC 768'],
  ['tcp', 'RFC 9293 section 3.1'],
  ['dns', 'RFC 1035 section 4'],
  ['dhcp', 'RFC 2131 section 2; RFC 2132'],
  ['snmp', 'RFC 1157 section 4; RFC 3416 section 3'],
  ['http', 'RFC 9112'],
  ['echo', 'RFC 862'],
]);

/** Undefined for what no document defines: an analysis, a frame’s number. */
export function explainField(name: string): Explained | undefined {
  const known = FIELDS.get(name);
  if (known !== undefined) return known;
  const rule = PROTOCOLS.get(name.split('.')[0]!);
  return rule === undefined ? undefined : { text: { en: '', zh: '' }, rule };
}

export const EXPLAINED_FIELDS: readonly string[] = [...FIELDS.keys()];
