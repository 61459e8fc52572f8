/** TCP flags as people write them: letters in the manner of tcpdump and packetdrill (`S`, `S.`, `P.`), and words in Wireshark's. */
import { TCP_FLAG } from './packet.ts';

const LETTERS: readonly (readonly [letter: string, bit: number])[] = [
  ['S', TCP_FLAG.syn],
  ['F', TCP_FLAG.fin],
  ['R', TCP_FLAG.rst],
  ['P', TCP_FLAG.psh],
  ['.', TCP_FLAG.ack],
  ['U', TCP_FLAG.urg],
  ['E', TCP_FLAG.ece],
  ['W', TCP_FLAG.cwr],
];

/** Most significant last, as Wireshark lists them. */
const WORDS: readonly (readonly [word: string, bits: number])[] = [
  ['FIN', TCP_FLAG.fin],
  ['SYN', TCP_FLAG.syn],
  ['RST', TCP_FLAG.rst],
  ['PSH', TCP_FLAG.psh],
  ['ACK', TCP_FLAG.ack],
  ['URG', TCP_FLAG.urg],
  ['ECE', TCP_FLAG.ece],
  ['CWR', TCP_FLAG.cwr],
  ['AE', TCP_FLAG.ae],
  ['Reserved', 0xe00],
];

/** The bit of a letter; undefined for one that names no flag. */
export function flagOfLetter(letter: string): number | undefined {
  return LETTERS.find(([known]) => known === letter)?.[1];
}

/** `S.`; empty without flags. */
export function flagLetters(flags: number): string {
  return names(LETTERS, flags).join('');
}

/** `SYN, ACK`; empty without flags. */
export function flagWords(flags: number): string {
  return names(WORDS, flags).join(', ');
}

function names(table: readonly (readonly [name: string, bits: number])[], flags: number): string[] {
  return table.filter(([, bits]) => (flags & bits) !== 0).map(([name]) => name);
}
