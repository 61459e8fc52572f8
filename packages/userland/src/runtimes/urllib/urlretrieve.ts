/** urlretrieve: a URL's body into a file, in pieces of 8 KiB, told to a report hook (urllib.request of 3.11, urllib of 2.7). */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Fields } from '../../http/fields.ts';
import { writeFile } from '../../lib/stdio.ts';
import type { Python } from '../threading/python.ts';
import { ContentTooShortError } from './errors.ts';
import type { UrlResponse } from './response.ts';

const BLOCK_BYTES = 8192;

/** Blocks so far, bytes of a block, bytes in all (-1 where nobody said). */
export type ReportHook = (blocks: number, blockBytes: number, totalBytes: number) => Promise<void>;

export interface RetrieveOptions {
  /** A name under /tmp unless given. */
  readonly filename?: string;
  readonly reporthook?: ReportHook;
}

/** The file appears whole, under its name: it is written beside it first. */
export async function retrieve(
  py: Python,
  response: UrlResponse,
  { filename, reporthook }: RetrieveOptions,
): Promise<[filename: string, headers: Fields]> {
  const name = filename ?? `/tmp/tmp${(await py.randint(0, 0xffff_fffe)).toString(36)}`;
  const length = response.headers.all('content-length')[0];
  const total = length === undefined ? -1 : Number(length);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  await reporthook?.(0, BLOCK_BYTES, total);
  for (let part = await response.read(BLOCK_BYTES); part.length > 0; part = await response.read(BLOCK_BYTES)) {
    parts.push(part);
    bytes += part.length;
    await reporthook?.(parts.length, BLOCK_BYTES, total);
  }
  await response.close();
  await writeFile(py.sys, `${name}.part`, concatBytes(parts));
  await py.sys.rename(`${name}.part`, name);
  if (total >= 0 && bytes < total)
    throw new ContentTooShortError(`retrieval incomplete: got only ${bytes} out of ${total} bytes`, [
      name,
      response.headers,
    ]);
  return [name, response.headers];
}
