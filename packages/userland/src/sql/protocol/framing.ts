/** Packets on the stream: three bytes of length and a number, that counts from 0 for each command; what is longer goes in pieces ("MySQL Packets"). */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { sqlError } from '../errors.ts';
import { ProtocolError } from './buffer.ts';

const HEADER = 4;
const PIECE_MAX = 0xffffff;

/** Takes packets apart; `readExactly` throws where the stream ends within one. */
export class PacketStream {
  private sequence = 0;

  constructor(
    private readonly readExactly: (length: number) => Promise<Uint8Array>,
    private readonly packetMax: number,
  ) {}

  /** The next command starts: packets count from 0 again. */
  restart(): void {
    this.sequence = 0;
  }

  async read(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const head = await this.readExactly(HEADER);
      const length = head[0]! | (head[1]! << 8) | (head[2]! << 16);
      if (head[3] !== this.sequence) throw new ProtocolError(`packet ${head[3]} where ${this.sequence} is due`);
      this.sequence = (this.sequence + 1) & 0xff;
      total += length;
      if (total > this.packetMax) throw sqlError(1153);
      pieces.push(length === 0 ? new Uint8Array(0) : await this.readExactly(length));
      if (length < PIECE_MAX) return pieces.length === 1 ? pieces[0]! : concatBytes(pieces);
    }
  }

  /** One packet with its header, or several where it is too long for one. */
  frame(payload: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let at = 0; ; at += PIECE_MAX) {
      const piece = payload.subarray(at, at + PIECE_MAX);
      const { length } = piece;
      parts.push(Uint8Array.of(length & 0xff, (length >> 8) & 0xff, length >> 16, this.sequence), piece);
      this.sequence = (this.sequence + 1) & 0xff;
      if (length < PIECE_MAX) return concatBytes(parts);
    }
  }
}
