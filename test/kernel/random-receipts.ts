/**
 * Random packet scripts about what a receiver does: a peer that sends in order, ahead, again, beyond the window, in small and large pieces, and a program
 * that reads now and then, with small buffers and large ones. Expected is what our host answers, receive windows included. Seeded.
 */
import { Choices } from './choices.ts';
import { RecordedPlay } from './recorded-play.ts';

interface Offer {
  readonly syn: string;
  readonly answer: string;
  readonly stamps?: true;
}

const OFFERS: readonly Offer[] = [
  { syn: 'mss 1000', answer: 'mss 1460' },
  { syn: 'mss 1000,sackOK,nop,nop', answer: 'mss 1460,nop,nop,sackOK' },
  { syn: 'mss 1460,sackOK,nop,nop,nop,wscale 7', answer: 'mss 1460,nop,nop,sackOK,nop,wscale SCALE' },
  {
    syn: 'mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7',
    answer: 'mss 1460,sackOK,TS val 500 ecr 100,nop,wscale SCALE',
    stamps: true,
  },
];
const BUFFERS = [0, 0, 2000, 5000, 10_000, 20_000, 60_000];
const GAPS_MS = [0, 0, 0, 1, 10, 50, 250];
const FIELDS = ['bytes_received', 'rcv_ooopack', 'rcv_mss', 'segs_in', 'data_segs_in', 'rcv_wnd', 'advmss'];

export class RandomReceipts extends Choices {
  next(): string {
    const offer = this.pick(OFFERS);
    const buffer = this.pick(BUFFERS);
    const play = new RecordedPlay(opening(offer, buffer), 100, true);
    const usual = this.pick([100, 1000, 1000, 1460, 2920, 5000]);
    let stamp = 200;
    const count = 5 + this.random.below(12);
    for (let i = 0; i < count; i++) {
      play.wait(this.pick(GAPS_MS));
      const kind = this.random.below(10);
      if (kind < 7) {
        const options = offer.stamps === true ? ` <nop,nop,TS val ${++stamp} ecr ${play.stamp}>` : '';
        play.say(`< ${this.segment(play.heardUpTo, usual)} ack 1 win 1000${options}`);
      } else if (kind < 9) play.call(`read(4, ..., ${this.pick([1, 500, 1000, 3000, 100_000])})`);
      else play.assert(FIELDS);
    }
    play.wait(this.pick([50, 300]));
    play.assert(FIELDS);
    return play.text;
  }

  /** Mostly the next one; else ahead, again, or far beyond. */
  private segment(next: number, usual: number): string {
    const length = this.random.below(4) === 0 ? this.pick([1, 10, 500, 1460]) : usual;
    const ahead = this.pick([0, 0, 0, 0, 0, 0, usual, 3 * usual, -length, -(length >> 1), 40_000, 70_000]);
    const start = Math.max(1, next + ahead);
    return `P. ${start}:${start + length}(${length})`;
  }
}

/** A receive buffer of the program's size (0: the host's), whose window makes the scale. */
function opening({ syn, answer, stamps }: Offer, buffer: number): string {
  const size = buffer === 0 ? '' : `+0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [${buffer}], 4) = 0\n`;
  const scale = buffer === 0 ? 7 : 0;
  return `--tolerance_usecs=45000
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
${size}+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <${syn}>
+0 > S. 0:0(0) ack 1 <${answer.replace('SCALE', String(scale))}>
+.1 < . 1:1(0) ack 1 win 1000${stamps === true ? ' <nop,nop,TS val 200 ecr 500>' : ''}
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
`;
}
