/**
 * Random packet scripts about how a connection begins: offers of all kinds, backlogs and SYN cookies, answers that are lost, wrong or carry data, and what the
 * first segments bring. Expected is what our host answers, receive windows included. Seeded: one seed, the same scripts.
 */
import { Choices } from './choices.ts';
import { RecordedPlay } from './recorded-play.ts';

const GAPS_MS = [0, 0, 1, 10, 50, 300, 1100];
const MSS = ['mss 1000', 'mss 1460', 'mss 536', 'mss 9000', 'mss 100'];
const VARIABLES = [
  'tcp_syncookies=2',
  'tcp_syncookies=2',
  'tcp_syncookies=0',
  'tcp_ecn=1',
  'tcp_ecn=0',
  'tcp_timestamps=0',
  'tcp_sack=0',
  'tcp_window_scaling=0',
  'tcp_synack_retries=1',
  'tcp_abort_on_overflow=1',
  'tcp_ecn_fallback=0',
  'ip_default_ttl=33',
];
const OPTIONS = [
  'SOL_TCP, TCP_DEFER_ACCEPT, [1]',
  'SOL_TCP, TCP_MAXSEG, [600]',
  'SOL_SOCKET, SO_RCVBUF, [4000]',
  'SOL_SOCKET, SO_RCVBUF, [100000]',
  'SOL_TCP, TCP_WINDOW_CLAMP, [3000]',
  'SOL_TCP, TCP_NODELAY, [1]',
  'SOL_IP, IP_TOS, [16]',
];
const FIELDS =
  'state options snd_wscale rcv_wscale snd_mss rcv_mss advmss snd_cwnd snd_ssthresh unacked segs_in data_segs_in bytes_received bytes_acked snd_wnd rcv_wnd reordering'.split(
    ' ',
  );

export class RandomOpenings extends Choices {
  private stamps = false;
  private stamp = 100;
  private peerNext = 1;
  private sent = 1;

  next(): string {
    [this.stamps, this.stamp, this.peerNext, this.sent] = [false, 100, 1, 1];
    const play = new RecordedPlay(this.listening(), 0, true);
    const syn = this.syn();
    play.say(syn);
    if (this.chance(5)) {
      play.wait(this.pick([200, 1500, 3200]));
      if (this.chance(2)) play.say(syn);
    }
    this.answer(play);
    play.wait(this.pick(GAPS_MS));
    play.call('accept(3, ..., ...)');
    if (play.text.includes('accept(3, ..., ...) = 4')) this.talk(play);
    return play.text;
  }

  private listening(): string {
    const variables = this.chance(2) ? [this.pick(VARIABLES)] : [];
    if (this.chance(4)) variables.push(this.pick(VARIABLES));
    const commands = variables.map((one) => `\`sysctl -q net.ipv4.${one}\`\n`).join('');
    const option = this.chance(3) ? `+0 setsockopt(3, ${this.pick(OPTIONS)}, 4) = 0\n` : '';
    return `--tolerance_usecs=45000
${commands}0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
${option}+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`;
  }

  private syn(): string {
    const list = this.chance(8) ? [] : [this.pick(MSS)];
    const sack = this.chance(2);
    this.stamps = this.chance(2);
    if (sack) list.push('sackOK');
    if (this.stamps) list.push(`TS val ${this.stamp} ecr 0`);
    else if (sack) list.push('nop', 'nop');
    const scales = this.chance(2);
    if (scales) list.push('nop', `wscale ${this.pick([0, 2, 7, 14])}`);
    else if (sack && this.stamps && this.chance(2)) list.push('nop', 'nop');
    const flags = this.pick(['S', 'S', 'S', 'SEW', 'SEW', 'SP', 'SE']);
    const data = this.chance(10) ? 100 : 0;
    const mark = this.chance(8) ? '[ect0] ' : '';
    return `< ${mark}${flags} 0:${data}(${data}) win ${this.pick([32_792, 1000, 65_535, 5])}${list.length === 0 ? '' : ` <${list.join(',')}>`}`;
  }

  private options(play: RecordedPlay): string {
    const { stamp } = play;
    return this.stamps && stamp > 0 ? ` <nop,nop,TS val ${++this.stamp} ecr ${stamp}>` : '';
  }

  /** The third segment: mostly what it should be. */
  private answer(play: RecordedPlay): void {
    play.wait(this.pick([10, 10, 100]));
    const kind = this.random.below(14);
    const options = this.options(play);
    const window = this.pick([257, 1000, 0]);
    if (kind === 0) play.say(`< . 1:1(0) ack 2 win ${window}${options}`);
    else if (kind === 1) play.say('< R 1:1(0) win 0');
    else if (kind === 2) play.say('< R. 1:1(0) ack 1 win 0');
    else if (kind === 3) play.say(`< . 2:2(0) ack 1 win ${window}${options}`);
    else if (kind === 4) play.say(`< . 1:1(0) ack 1 win ${window}`);
    else if (kind < 8) {
      const length = this.pick([10, 500, 1000]);
      const fin = this.chance(4);
      play.say(`< ${fin ? 'F' : ''}P. 1:${1 + length}(${length}) ack 1 win ${window}${options}`);
      this.peerNext = 1 + length + (fin ? 1 : 0);
    } else play.say(`< ${this.pick(['.', '.', '.', 'E.'])} 1:1(0) ack 1 win ${window}${options}`);
    if (kind < 5 && this.chance(2)) play.say(`< . 1:1(0) ack 1 win ${window}${this.options(play)}`);
  }

  private talk(play: RecordedPlay): void {
    play.assert(FIELDS);
    const count = 1 + this.random.below(4);
    for (let i = 0; i < count && play.alive; i++) {
      play.wait(this.pick([10, 50]));
      const kind = this.random.below(5);
      const window = this.pick([257, 1000]);
      if (kind === 0) play.call(`send(4, ..., ${this.pick([100, 1000, 5000])}, 0)`);
      else if (kind === 1) {
        this.sent = play.sentUpTo;
        play.say(`< . ${this.peerNext}:${this.peerNext}(0) ack ${this.sent} win ${window}${this.options(play)}`);
      } else if (kind < 4) {
        const length = this.pick([10, 1000, 1460]);
        play.say(
          `< P. ${this.peerNext}:${this.peerNext + length}(${length}) ack ${this.sent} win ${window}${this.options(play)}`,
        );
        this.peerNext += length;
      } else play.call(`read(4, ..., ${this.pick([100, 5000])})`);
    }
    if (play.alive) play.assert(FIELDS);
  }
}
