/** What tcpdump's command line asks for, and the errors that it ends with. */
import { parseCount } from '../../lib/numbers.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions } from '../../lib/options.ts';

export const options: ProgramOptions = {
  name: 'tcpdump',
  usage:
    'tcpdump [-AeDlnpqStUvxX#] [-c count] [-i interface] [-Q in|out|inout] [-r file] [-s snaplen] [-w file] [expression]',
  options: [
    { names: ['-A'], help: 'print packets as text' },
    { names: ['-c'], value: 'COUNT', help: 'end after so many packets' },
    { names: ['-D', '--list-interfaces'], help: 'list the interfaces' },
    { names: ['-e'], help: 'print the link header' },
    { names: ['-i', '--interface'], value: 'INTERFACE', help: 'listen there; `any` for all' },
    { names: ['-l'], help: 'write line by line, which is always so here' },
    { names: ['-n'], help: 'no names for addresses and ports' },
    { names: ['-p', '--no-promiscuous-mode'], help: 'no promiscuous mode' },
    { names: ['-Q', '--direction'], value: 'in|out|inout', help: 'one direction only' },
    { names: ['-q'], help: 'less protocol detail' },
    { names: ['-r'], value: 'FILE', help: 'read packets from a pcap file' },
    { names: ['-S', '--absolute-tcp-sequence-numbers'], help: 'absolute sequence numbers' },
    { names: ['-s', '--snapshot-length'], value: 'BYTES', help: 'take so many bytes of each packet' },
    { names: ['-t'], help: 'no time; -tt seconds, -ttt since the packet before, -tttt date, -ttttt since the first' },
    { names: ['-U', '--packet-buffered'], help: 'write packet by packet, which is always so here' },
    { names: ['-v'], help: 'more detail; -vv and -vvv still more' },
    { names: ['-w'], value: 'FILE', help: 'write a pcap file' },
    { names: ['-x'], help: 'dump packets in hexadecimal; -xx with the link header' },
    { names: ['-X'], help: 'dump in hexadecimal and text; -XX with the link header' },
    { names: ['-#', '--number'], help: 'number the lines' },
  ],
};

/** Told as `tcpdump: …`. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
}

const DEFAULT_SNAPSHOT = 262_144;

export interface Settings {
  readonly given: ParsedOptions;
  readonly count: number;
  readonly snapshot: number;
  readonly expression: string;
  readonly direction: 'in' | 'out' | 'inout';
}

export function readSettings(argv: readonly string[]): Settings {
  const given = parseOptions(options, argv);
  const countText = given.value('-c');
  const count = countText === undefined ? Number.MAX_SAFE_INTEGER : parseCount(countText, 1, Number.MAX_SAFE_INTEGER);
  if (count === undefined) throw new DumpError(`invalid packet count ${countText}`);
  const snapshotText = given.value('-s') ?? '0';
  const snapshot = parseCount(snapshotText, 0, DEFAULT_SNAPSHOT);
  if (snapshot === undefined)
    throw new DumpError(`invalid snaplen ${snapshotText} (must be >= 0 and <= ${DEFAULT_SNAPSHOT})`);
  const direction = given.value('-Q') ?? 'inout';
  if (direction !== 'in' && direction !== 'out' && direction !== 'inout')
    throw new DumpError(`unknown capture direction \`${direction}'`);
  return {
    given,
    count,
    snapshot: snapshot === 0 ? DEFAULT_SNAPSHOT : snapshot,
    expression: given.operands.join(' '),
    direction,
  };
}
