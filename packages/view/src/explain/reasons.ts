/** Why something changed its state or was done again: a clause per reason code in both languages, for the sentences of `explain.ts`. Why packets are dropped has a file of its own. */
import type { Text } from '@netarium/core/check/lab.ts';
import type {
  NeighbourReason,
  PowerReason,
  RetransmitReason,
  TcpStateReason,
} from '@netarium/core/record/catalogue.ts';

/** The compiler holds that no reason is missing. */
type Clauses<R extends string> = Readonly<Record<R, Text>>;

const said = (en: string, zh: string): Text => ({ en, zh });

export const NEIGHBOUR_REASONS: Clauses<NeighbourReason> = {
  'first packet': said('a packet for it is the first to need its address', '有第一个分组要发给它，需要它的地址'),
  redirect: said('a router named it as the better next hop', '路由器的重定向把它指为更好的下一跳'),
  used: said('a stale address is used', '一个陈旧的地址被用到'),
  'not confirmed': said('nothing has confirmed the address for too long', '太久没有得到确认'),
  'not confirmed, in use': said('nothing has confirmed the address, and it is in use', '没有得到确认，而地址还在使用'),
  'confirmed by upper layer': said('a transport heard from it, so it is there', '传输层收到过它的应答，说明它还在'),
  'not confirmed by upper layer': said('no transport vouched for it in time', '传输层没有及时证实它还在'),
  'no answer': said('it answered none of the requests', '所有请求都没有应答'),
  answered: said('it answered', '它应答了'),
  'broadcast reply': said('it answered by broadcast', '它用广播作了应答'),
  gratuitous: said('it announced its address unasked', '它主动通告了自己的地址'),
  'seen asking': said('it was seen asking for somebody else', '看到它在询问别的主机'),
  'it asked for us': said('it asked for this host’s address, and told its own', '它询问本机地址，同时说出了自己的地址'),
  'mcast_solicit is 0': said('requests are switched off (mcast_solicit is 0)', '请求已被关闭（mcast_solicit 为 0）'),
  'garbage collected': said('it was not used for long, and the table is cleared of such', '长期未用，被清理出表'),
  'table full': said('the table is full', '表满了'),
  'set by hand': said('it was set by hand', '由人工设置'),
  'deleted by hand': said('it was deleted by hand', '由人工删除'),
  'flushed by hand': said('the table was flushed by hand', '由人工清空了表'),
  'link down': said('the card went down', '网卡被关闭'),
  'no carrier': said('the card lost its carrier', '网卡失去载波'),
  'own hardware address changed': said('this card’s own address changed', '本网卡的 MAC 地址变了'),
};

export const TCP_STATE_REASONS: Clauses<TcpStateReason> = {
  listen: said('the program listens', '程序调用 listen'),
  connect: said('the program connects, a SYN goes out', '程序调用 connect，发出 SYN'),
  'syn-received': said('a SYN came', '收到 SYN'),
  'syn-ack-received': said('the SYN-ACK came, the connection is there', '收到 SYN-ACK，连接建立'),
  'ack-received': said('the ACK of the SYN-ACK came, the connection is there', '收到对 SYN-ACK 的 ACK，连接建立'),
  'syn-cookie': said('the ACK brought a valid SYN cookie', 'ACK 带回了有效的 SYN cookie'),
  close: said('the program closed its side', '程序关闭了自己这一侧'),
  'fin-received': said('the peer’s FIN came', '收到对端的 FIN'),
  'fin-acknowledged': said('the peer acknowledged the FIN', '对端确认了 FIN'),
  'fin-timeout': said(
    'the peer’s FIN did not come in time (tcp_fin_timeout)',
    '没有及时等到对端的 FIN（tcp_fin_timeout）',
  ),
  linger2: said('TCP_LINGER2 asks for no wait', 'TCP_LINGER2 要求不再等待'),
  'time-wait': said('what is left waits as TIME-WAIT', '余下的部分以 TIME-WAIT 等待'),
  'time-wait-overflow': said(
    'there are too many in TIME-WAIT (tcp_max_tw_buckets)',
    'TIME-WAIT 太多（tcp_max_tw_buckets）',
  ),
  timeout: said('the time is over', '时间到了'),
  abort: said('the program aborted it, a RST goes out', '程序中止连接，发出 RST'),
  reset: said('a RST came', '收到 RST'),
  'reset-received': said('the peer’s RST came', '收到对端的 RST'),
  'icmp-error': said('an ICMP error came', '收到 ICMP 差错报文'),
  'close-with-unread-data': said(
    'the program closed with data unread, a RST goes out',
    '程序关闭时还有未读数据，发出 RST',
  ),
  'data-after-close': said('data came for a closed program, a RST goes out', '程序已关闭却又收到数据，发出 RST'),
  'syn-in-window': said('a SYN came within the window', '窗口内收到 SYN'),
  'new-connection': said('the same peer opens a new connection', '同一对端建立新连接'),
  reused: said('its port is used again (tcp_tw_reuse)', '端口被重新使用（tcp_tw_reuse）'),
  'listener-closed': said('the listening socket was closed', '监听套接字被关闭'),
  overflow: said('the accept queue is full', '全连接队列已满'),
  'too-many-orphans': said(
    'too many connections have no program (tcp_max_orphans)',
    '没有程序的连接太多（tcp_max_orphans）',
  ),
};

export const RETRANSMIT_REASONS: Clauses<RetransmitReason> = {
  'fast-retransmit': said('fast retransmit, ACKs show it lost', '快重传，ACK 表明它已丢失'),
  'tail-loss-probe': said('a probe for a lost tail', '尾部丢失探测'),
  timeout: said('no ACK within the time-out', '超时未收到 ACK'),
  'after-timeout': said('after a time-out all that is missing goes again', '超时之后，缺少的都重发'),
  'window-probe': said('a probe of the closed window', '零窗口探测'),
  'synack-timeout': said('no ACK came for the SYN-ACK', 'SYN-ACK 没有得到确认'),
  'syn-repeated': said('the SYN came again', '又收到同一个 SYN'),
};

export const POWER_REASONS: Clauses<PowerReason> = {
  boot: said('it boots', '开机启动'),
  crash: said('it crashed', '崩溃'),
  pause: said('it is paused', '被暂停'),
  resume: said('it goes on', '继续运行'),
};

/** Linux's congestion states (TCP_CA_*). */
export const CONGESTION_STATES: Readonly<Record<string, Text>> = {
  open: said('Nothing is in doubt (open)', '没有可疑之处（open）'),
  disorder: said(
    'ACKs are out of order, nothing counts as lost yet (disorder)',
    'ACK 乱序，还没有判定丢失（disorder）',
  ),
  cwr: said('The window is reduced on a congestion mark (CWR)', '收到拥塞标记，正在减小窗口（CWR）'),
  recovery: said('Fast recovery', '快恢复（recovery）'),
  loss: said('Recovery after a time-out (loss)', '超时后的恢复（loss）'),
};

/** A code that this version does not know stands for itself. */
export function clauseOf(clauses: Readonly<Record<string, Text>>, code: string): Text {
  return Object.hasOwn(clauses, code) ? clauses[code]! : { en: code, zh: code };
}
