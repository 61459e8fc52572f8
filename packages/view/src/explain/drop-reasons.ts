/** Why a frame or packet went no further: one sentence per reason code in both languages, and where the rule is written. */
import type { Text } from '@netarium/core/check/lab.ts';
import type { DropReason } from '@netarium/core/record/catalogue.ts';

export interface Explained {
  readonly text: Text;
  /** An RFC's section, a standard's clause, a man page; empty where the topology itself decided. */
  readonly rule: string;
}

const said = (en: string, zh: string, rule = ''): Explained => ({ text: { en, zh }, rule });

/** The compiler holds that no reason is missing. */
export const DROP_REASONS: Readonly<Record<DropReason, Explained>> = {
  'link-down': said('The card is switched off (ip link set down).', '网卡被关闭（ip link set down）。', 'ip-link(8)'),
  'no-carrier': said('The card has no carrier: nothing answers at the other end.', '网卡没有载波：另一端没有设备。'),
  'no-cable': said('No cable is plugged into the card.', '网卡上没有插网线。'),
  'queue-full': said(
    'The queue in front of the cable was full, and the newest frame is the one that goes (tail drop).',
    '发送队列已满，新来的帧被丢弃（队尾丢弃 tail drop）。',
    'RFC 7567 section 2.1',
  ),
  lost: said('The cable lost it, as its fault rule says.', '网线按故障规则把它丢了。'),
  'cut-in-flight': said('The cable was pulled while the frame was on it.', '帧还在线上时网线被拔掉了。'),
  partitioned: said('A partition stands between the two sides.', '两边之间被网络分区隔开。'),
  'frame-too-long': said(
    'The frame is longer than the receiving card’s MTU allows.',
    '帧超过了接收网卡 MTU 允许的长度。',
    'IEEE 802.3 clause 3.2.7',
  ),
  'not-for-this-card': said(
    'The destination MAC address is another card’s.',
    '目的 MAC 地址是别的网卡的。',
    'IEEE 802.3 clause 4.2.9',
  ),
  'excessive-collisions': said(
    'Sixteen attempts ended in collisions.',
    '连续 16 次发送都发生冲突。',
    'IEEE 802.3 clause 4.2.3.2',
  ),
  'late-collision': said(
    'The collision came after the slot time: the network is too long for its speed.',
    '冲突发生在时隙之后：网络对这个速率来说太长了。',
    'IEEE 802.3 clause 4.2.3',
  ),
  'host-down': said('The machine is switched off.', '机器已断电。'),
  'bad-frame-check-sequence': said(
    'The frame check sequence does not match: bits changed on the way.',
    '帧校验序列 FCS 不符：传输中有比特被改变。',
    'IEEE 802.3 clause 3.2.9',
  ),
  'vlan-not-admitted': said('The port does not admit this VLAN.', '端口不允许该 VLAN 通过。', 'IEEE 802.1Q clause 6.9'),
  'ip-header-invalid': said('The IP header breaks a rule.', 'IP 头部不合规则。', 'RFC 1122 section 3.2.1'),
  'ip-checksum': said('The checksum of the IP header is wrong.', 'IP 头部校验和错误。', 'RFC 1122 section 3.2.1.2'),
  'martian-source': said(
    'The source address cannot come in by this card.',
    '源地址不可能从这块网卡进来（martian）。',
    'RFC 1812 section 5.3.7; sysctl net.ipv4.conf.*.rp_filter',
  ),
  'martian-destination': said(
    'The destination address must never be on a wire.',
    '目的地址不应出现在线路上（martian）。',
    'RFC 1812 section 5.3.7',
  ),
  'not-local': said(
    'The address is not this host’s, and a host does not forward.',
    '地址不是本机的，而主机不转发。',
    'RFC 1122 section 3.3.4.2; sysctl net.ipv4.ip_forward',
  ),
  'ttl-exceeded': said(
    'The time to live ran out on this router.',
    '生存时间 TTL 在这台路由器上减到 0。',
    'RFC 1812 section 5.3.1',
  ),
  'no-route': said('No route leads to the destination.', '没有到目的地的路由。', 'RFC 1812 section 5.2.4'),
  'unreachable-route': said('The route itself says unreachable.', '匹配的路由声明该目的不可达。', 'ip-route(8)'),
  'needs-fragmentation': said(
    'It is longer than the next link’s MTU and must not be fragmented (DF): an ICMP error goes back.',
    '比下一段链路的 MTU 长，又禁止分片（DF），于是回送 ICMP 差错。',
    'RFC 1191 section 4',
  ),
  'reassembly-timeout': said('Not all fragments came in time.', '分片没有在限期内到齐。', 'RFC 791 section 3.2'),
  'fragment-overlap': said(
    'A fragment overlaps another one: all of them go.',
    '分片互相重叠：整组被丢弃。',
    'RFC 5722; ip_frag_queue',
  ),
  'fragment-invalid': said(
    'The fragment cannot be part of a datagram.',
    '这个分片不可能属于任何数据报。',
    'RFC 791 section 3.2',
  ),
  'reassembly-full': said(
    'No memory is left for more fragments.',
    '分片缓存已满。',
    'sysctl net.ipv4.ipfrag_high_thresh',
  ),
  'neighbour-failed': said('Nobody answered the ARP request.', '没有人回答 ARP 请求。', 'RFC 1122 section 2.3.2'),
  'neighbour-queue-full': said(
    'Too many packets already wait for the same ARP answer.',
    '等待同一个 ARP 应答的分组太多了。',
    'sysctl net.ipv4.neigh.*.unres_qlen_bytes',
  ),
  'unknown-protocol': said(
    'Nothing on this host takes this IP protocol.',
    '本机没有处理该 IP 协议的程序。',
    'RFC 1122 section 3.2.2.1',
  ),
  'unknown-ethertype': said(
    'Nothing on this host takes this EtherType.',
    '本机不处理这种以太网类型。',
    'IEEE 802.3 clause 3.2.6',
  ),
  'arp-invalid': said('The ARP packet breaks a rule.', 'ARP 分组不合规则。', 'RFC 826'),
  'icmp-rate-limit': said(
    'Too many ICMP errors were sent just now.',
    '刚刚发送的 ICMP 差错太多，被限速。',
    'RFC 1812 section 4.3.2.8',
  ),
  'icmp-invalid': said('The ICMP message breaks a rule.', 'ICMP 报文不合规则。', 'RFC 1122 section 3.2.2'),
  'broadcast-not-forwarded': said(
    'A router does not forward broadcasts.',
    '路由器不转发广播。',
    'RFC 1812 section 5.3.5',
  ),
  filtered: said('A filter turned it away.', '被过滤规则拒绝。'),
  'transport-checksum': said(
    'The checksum of the segment or datagram is wrong.',
    '传输层校验和错误。',
    'RFC 9293 section 3.1; RFC 768',
  ),
  'transport-header-invalid': said(
    'The transport header breaks a rule.',
    '传输层头部不合规则。',
    'RFC 9293 section 3.1; RFC 768',
  ),
  'port-closed': said('No program has this port.', '没有程序使用该端口。', 'RFC 1122 section 4.1.3.1'),
  'socket-buffer-full': said(
    'The program did not read fast enough: its socket’s buffer is full.',
    '程序读得不够快：套接字接收缓冲区已满。',
    'socket(7), SO_RCVBUF',
  ),
  'tcp-not-acceptable': said(
    'No byte of it lies in the receive window: it is answered by an ACK and dropped.',
    '报文段的字节都不在接收窗口内：回一个 ACK，然后丢弃。',
    'RFC 9293 section 3.10.7.4',
  ),
  'tcp-paws': said(
    'Its time stamp is older than one seen before (PAWS).',
    '时间戳比以前见过的还旧（PAWS）。',
    'RFC 7323 section 5.3',
  ),
  'tcp-invalid-ack': said('It acknowledges what was never sent.', '确认了从未发送过的数据。', 'RFC 5961 section 5.2'),
  'tcp-backlog-full': said(
    'The accept queue of the listener is full.',
    '监听套接字的全连接队列已满。',
    'listen(2); sysctl net.core.somaxconn',
  ),
  'tcp-syn-queue-full': said(
    'The queue of half-open connections is full.',
    '半连接队列已满。',
    'tcp(7), tcp_max_syn_backlog',
  ),
  'tcp-no-listener': said(
    'Nobody listens on this port: a RST goes back.',
    '没有程序监听该端口：回送 RST。',
    'RFC 9293 section 3.10.7.1',
  ),
  'tcp-old-duplicate': said(
    'Everything in it had arrived before.',
    '其中的数据以前都收到过。',
    'RFC 9293 section 3.10.7.4',
  ),
  'tcp-challenge-limit': said(
    'Enough challenge ACKs were sent this second.',
    '这一秒内发出的质询 ACK 已达上限。',
    'RFC 5961 section 7',
  ),
  'tcp-signed': said(
    'It is signed, and no key was agreed on.',
    '它带有签名，而双方没有约定密钥。',
    'RFC 2385 section 2.0',
  ),
  'tcp-flags-invalid': said('Its flags make no sense together.', '标志位的组合没有意义。', 'RFC 9293 section 3.10.7'),
  'tcp-window-full': said(
    'There is no room left in the receive window.',
    '接收窗口已经没有空间。',
    'RFC 9293 section 3.8.6',
  ),
  'tcp-rst-ignored': said(
    'A RST that does not match exactly is not believed: a challenge ACK goes back.',
    'RST 的序号不完全吻合，不予采信：回送质询 ACK。',
    'RFC 5961 section 3.2',
  ),
};
