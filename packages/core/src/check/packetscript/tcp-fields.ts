/** The fields of `struct tcp_info` by the names that scripts use, from what the stack tells (`transport/tcp/info.ts`). */
import type { TcpInfo } from '../../transport/tcp/api.ts';
import { CODE_NAMES } from './constants.ts';

const OPTION_BITS: readonly (readonly [string, number])[] = [
  ['timestamps', 1],
  ['sack', 2],
  ['wscale', 4],
  ['ecn', 8],
  ['ecn_seen', 16],
  ['syn_data', 32],
];

/** Fields that Linux does not fill (tcp_get_info). */
const NOT_REMEMBERED: ReadonlySet<string> = new Set(['tcpi_fackets', 'tcpi_last_ack_sent']);

export function codeName(name: string, info: TcpInfo | undefined): number | undefined {
  const constant = CODE_NAMES.get(name);
  if (constant !== undefined) return constant;
  if (info === undefined || !name.startsWith('tcpi_')) return undefined;
  if (name === 'tcpi_options')
    return OPTION_BITS.reduce((sum, [field, bit]) => (info[field] === true ? sum + bit : sum), 0);
  if (NOT_REMEMBERED.has(name)) return 0;
  const value = info[name.slice('tcpi_'.length)];
  return typeof value === 'number' ? value : value === true ? 1 : value === false ? 0 : undefined;
}
