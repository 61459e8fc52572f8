/** What a call gave beside its value, against what the script says: an address, data. A script that leaves it open is not asked. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { SockAddr } from '../../socket/types.ts';
import type { Expression } from './ast.ts';
import { addressOf } from './values.ts';

type Difference = readonly [seen: string, wanted: string] | undefined;

export function addressDiffers(wanted: Expression | undefined, seen: SockAddr | undefined): Difference {
  if (wanted === undefined || wanted.kind !== 'struct') return undefined;
  const { address, port } = addressOf(wanted);
  const text = seen?.family === 'inet' ? `${seen.address}:${seen.port}` : 'no address';
  return text === `${address}:${port}` ? undefined : [text, `${address}:${port}`];
}

export function dataDiffers(wanted: Expression, seen: Uint8Array): Difference {
  if (wanted.kind !== 'string') return undefined;
  const bytes = encodeUtf8(wanted.value);
  const same = seen.every((byte, i) => byte === bytes[i]);
  return same ? undefined : [`bytes ${seen.join(' ')}`, `bytes ${bytes.join(' ')}`];
}
