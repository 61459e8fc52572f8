/**
 * Random packet scripts about what a program is told of its bytes: zero-copy calls and their notices, time stamps of what was sent, records and corks, poll
 * and epoll of all kinds, the queues' lengths. Expected is what our host answers. Seeded: one seed, the same scripts.
 */
import { Choices } from './choices.ts';
import { RecordedPlay } from './recorded-play.ts';

const GAPS_MS = [0, 0, 10, 10, 20, 50, 100];
const SIZES = [1, 100, 500, 1000, 1000, 2500, 4000, 10_000, 20_000];
const FLAGS = [
  '0',
  '0',
  'MSG_MORE',
  'MSG_EOR',
  'MSG_ZEROCOPY',
  'MSG_ZEROCOPY',
  'MSG_ZEROCOPY|MSG_EOR',
  'MSG_ZEROCOPY|MSG_MORE',
  'MSG_OOB',
];
const OPTIONS = [
  'SOL_SOCKET, SO_SNDBUF, [6000]',
  'SOL_SOCKET, SO_SNDBUF, [40000]',
  'SOL_TCP, TCP_NODELAY, [1]',
  'SOL_TCP, TCP_CORK, [1]',
  'SOL_TCP, TCP_CORK, [0]',
  'SOL_SOCKET, SO_ZEROCOPY, [0]',
  'SOL_SOCKET, SO_ZEROCOPY, [1]',
  'SOL_SOCKET, SO_RCVLOWAT, [1500]',
  'SOL_SOCKET, SO_OOBINLINE, [1]',
  'SOL_TCP, TCP_NOTSENT_LOWAT, [2000]',
  'SOL_TCP, TCP_QUICKACK, [0]',
];
const STAMPING = 'SOF_TIMESTAMPING_SOFTWARE|SOF_TIMESTAMPING_OPT_TSONLY';
const STAMPS = ['TX_SCHED', 'TX_SOFTWARE', 'TX_ACK', 'TX_SCHED|TX_ACK', 'TX_SCHED|TX_SOFTWARE|TX_ACK'];
const IDENTIFIED = ['', '|OPT_ID', '|OPT_ID', '|OPT_ID|OPT_ID_TCP'];
const EVENTS = ['EPOLLIN', 'EPOLLOUT', 'EPOLLIN|EPOLLOUT', 'EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLPRI', 'EPOLLRDHUP', '0'];
const HOW = ['', '|EPOLLET', '|EPOLLET', '|EPOLLONESHOT', '|EPOLLET|EPOLLONESHOT'];
const QUESTIONS = [
  'ioctl(4, SIOCINQ, [?])',
  'ioctl(4, SIOCOUTQ, [?])',
  'ioctl(4, SIOCOUTQNSD, [?])',
  'getsockopt(4, SOL_SOCKET, SO_ERROR, [?], [4])',
  'getsockopt(4, SOL_SOCKET, SO_SNDBUF, [?], [4])',
];
const FIELDS =
  'state unacked snd_cwnd delivered bytes_acked bytes_received bytes_sent data_segs_out data_segs_in segs_in notsent_bytes'.split(
    ' ',
  );

export class RandomMessages extends Choices {
  private peerNext = 1;
  private acknowledged = 1;
  private finished = false;
  private copies = false;

  next(): string {
    const play = new RecordedPlay(this.opening(), 100);
    [this.peerNext, this.acknowledged, this.finished] = [1, 1, false];
    const count = 10 + this.random.below(14);
    for (let i = 0; i < count; i++) {
      play.wait(this.pick(GAPS_MS));
      this.step(play);
    }
    play.wait(50);
    if (play.alive) play.assert(FIELDS);
    drain(play);
    play.poll(0x201f);
    return play.text;
  }

  private opening(): string {
    const stamps =
      this.random.below(2) === 0
        ? `${STAMPING}${`|${this.pick(STAMPS)}${this.pick(IDENTIFIED)}`.replaceAll('|', '|SOF_TIMESTAMPING_')}`
        : '0';
    // A zero-copy call is charged by the page, and where in a page its bytes begin nobody knows: room enough for all.
    this.copies = this.random.below(3) > 0;
    const buffer = this.copies ? '+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [200000], 4) = 0\n' : '';
    return `--tolerance_usecs=45000
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 setsockopt(4, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0
+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING, [${stamps}], 4) = 0
${buffer}+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=${this.pick(EVENTS)}${this.pick(HOW)}, fd=4}) = 0
`;
  }

  private step(play: RecordedPlay): void {
    const kind = this.random.below(30);
    if (kind < 9) this.write(play);
    else if (kind < 15) this.acknowledge(play);
    else if (kind < 18) this.data(play);
    else if (kind < 20) drain(play);
    else if (kind < 22) play.epoll();
    else if (kind < 24) play.poll(this.pick([0x1, 0x4, 0x201f, 0x2000, 0x2]));
    else if (kind === 24) play.call(`setsockopt(4, ${this.pick(OPTIONS.slice(this.copies ? 2 : 0))}, 4)`);
    else if (kind === 25) play.question(this.pick(QUESTIONS));
    else if (kind === 26)
      play.call(`epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=${this.pick(EVENTS)}${this.pick(HOW)}, fd=4})`);
    else if (kind === 27) play.call(`read(4, ..., ${this.pick([100, 1000, 5000])})`);
    else if (kind === 28)
      play.call(`recv(4, ..., ${this.pick([1, 1000])}, ${this.pick(['MSG_PEEK', 'MSG_OOB', 'MSG_TRUNC'])})`);
    else if (this.random.below(3) === 0)
      play.call(this.pick(['shutdown(4, SHUT_WR)', 'shutdown(4, SHUT_RD)', 'shutdown(4, SHUT_RDWR)']));
  }

  private write(play: RecordedPlay): void {
    const flags = this.pick(this.copies ? FLAGS : FLAGS.filter((one) => !one.includes('ZERO')));
    if (this.random.below(4) > 0) {
      play.call(`send(4, ..., ${this.pick(SIZES)}, ${flags})`);
      return;
    }
    const pieces = Array.from({ length: this.pick([1, 2, 3, 17]) }, () => this.pick([1, 50, 300]));
    const list = pieces.map((length) => `{..., ${length}}`).join(', ');
    play.call(`sendmsg(4, {msg_name(...)=..., msg_iov(${pieces.length})=[${list}], msg_flags=0}, ${flags})`);
  }

  private acknowledge(play: RecordedPlay): void {
    // Of a shorter round trip the kernel sends other bursts.
    play.wait(10);
    const wanted = this.acknowledged + this.pick([0, 500, 1000, 2000, 100_000, 100_000]);
    this.acknowledged = Math.min(play.sentUpTo, wanted);
    if (this.random.below(30) === 0)
      play.say(`< R. ${this.peerNext}:${this.peerNext}(0) ack ${this.acknowledged} win 0`);
    else
      play.say(
        `< . ${this.peerNext}:${this.peerNext}(0) ack ${this.acknowledged} win ${this.pick([32_792, 32_792, 5000, 0])}`,
      );
  }

  private data(play: RecordedPlay): void {
    if (this.finished) return;
    play.wait(10);
    const length = this.pick([1, 100, 1000]);
    this.finished = this.random.below(4) === 0;
    const urgent = this.random.below(8) === 0;
    const flags = `${this.finished ? 'F' : ''}P.${urgent ? 'U' : ''}`;
    play.say(
      `< ${flags} ${this.peerNext}:${this.peerNext + length}(${length}) ack ${this.acknowledged} win 32792${urgent ? ` urg ${length}` : ''}`,
    );
    this.peerNext += length + (this.finished ? 1 : 0);
  }
}

/** Reads the error queue until it is empty. */
function drain(play: RecordedPlay): void {
  for (let i = 0; i < 20 && play.notice(); i++);
}
