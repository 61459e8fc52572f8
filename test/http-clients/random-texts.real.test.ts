/** Thousands of texts, most of them wrong in some way, read by Python's clients and by ours: URLs, labels of names, JSON, content types. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Stream } from '@netarium/core/random/random.ts';
import { Fields } from '@netarium/userland/http/fields.ts';
import { reprBytes } from '@netarium/userland/runtimes/http-client/repr.ts';
import { encodingFromHeaders } from '@netarium/userland/runtimes/requests/encoding.ts';
import { dumps, loads } from '@netarium/userland/runtimes/requests/json.ts';
import { prepareUrl } from '@netarium/userland/runtimes/requests/prepared-request.ts';
import { quote, quotePlus, unquoteToBytes, urljoin, urlsplit } from '@netarium/userland/runtimes/urllib/parse.ts';
import { asciiLabel } from '@netarium/userland/runtimes/urllib3/idna.ts';
import { formatUrl, parseUrl } from '@netarium/userland/runtimes/urllib3/url.ts';
import { expect, test } from 'vitest';

const COUNT = 3000;

const URL_PIECES =
  'http:// https:// http: // / / a b.test 127.0.0.1 : 80 65536 @ user : ? # % %41 %7e %zz %E4 %2f 中 é .. . [ ] [::1] & = + ; \\ " < > \t xn-- A Z ~ | * - _ , ! ( file: mailto:'.split(
    ' ',
  );
/** No numbers that Python tells apart and this language does not: 1e3 is 1000.0 there. */
const JSON_PIECES = '{ } [ ] , : " "a" "b": 1 -0 2.5 1E-2 01 true false null nan \\ \\u4e2d \\n 中 \n \t . - x'.split(
  ' ',
);
const TYPE_PIECES = 'text/ html plain application/json json image/png ; charset = utf-8 GBK " \' CHARSET x , /'.split(
  ' ',
);

function texts(pieces: readonly string[], most: number, name: string): string[] {
  const random = new Stream(1, name);
  return Array.from({ length: COUNT }, () =>
    Array.from({ length: random.below(most) + 1 }, () => pieces[random.below(pieces.length)]).join(''),
  );
}

/** Blocks that Unicode has had for long, letters and others. */
const BLOCKS = [
  0x61, 0xe0, 0x100, 0x3b1, 0x430, 0x5d0, 0x620, 0x905, 0xe01, 0x3041, 0x30a1, 0x4e00, 0xac00, 0xff41, 0x2010, 0x2600,
  0x300, 0x200c, 0x30, 0x2d,
];

/** Labels of one block or two, up to six characters. */
function labels(): string[] {
  const random = new Stream(1, 'labels');
  return Array.from({ length: COUNT }, () => {
    const blocks = [0, 1].map(() => BLOCKS[random.below(BLOCKS.length)]!);
    const codes = Array.from({ length: random.below(6) + 1 }, () => blocks[random.below(2)]! + random.below(24));
    return String.fromCodePoint(...codes).replaceAll('.', '-');
  });
}

function outcome<T>(body: () => T): T | string {
  try {
    return body();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

function ours(text: string) {
  const { scheme, netloc, path, query, fragment } = urlsplit(text);
  return {
    prepared: outcome(() => prepareUrl(text, { k: text })),
    parsed: outcome(() => formatUrl(parseUrl(text))),
    split: [scheme, netloc, path, query, fragment],
    joined: outcome(() => urljoin('http://base.test/a/b/c?d', text)),
    quoted: `${quote(text)} ${quotePlus(text)}`,
    unquoted: reprBytes(unquoteToBytes(text)),
  };
}

test('URLs, names, JSON and content types are read as Python reads them', () => {
  const job = {
    urls: [
      'http://',
      ...texts(URL_PIECES, 10, 'urls'),
      ...texts(URL_PIECES, 8, 'more').map((text) => `http://h${text}`),
    ],
    labels: labels(),
    json: texts(JSON_PIECES, 8, 'json'),
    types: texts(TYPE_PIECES, 6, 'types'),
  };
  const script = fileURLToPath(new URL('random-texts.py', import.meta.url));
  const { stdout, stderr } = spawnSync('/usr/bin/python3', [script], {
    input: JSON.stringify(job),
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  expect(stderr).toBe('');
  const theirs = JSON.parse(stdout) as {
    urls: (object | null)[];
    json: string[];
    labels: (string | null)[];
    types: (string | null)[];
  };
  // What urlsplit itself refuses (brackets that do not match) is refused in other words here, by whoever connects.
  const urls = job.urls.filter((_, i) => theirs.urls[i] !== null);
  const shown = (all: readonly unknown[], inputs: readonly string[]) =>
    inputs.map((text, i) => ({ text, read: all[i] }));
  expect(urls.length).toBeGreaterThan(COUNT);
  expect(shown(urls.map(ours), urls)).toEqual(
    shown(
      theirs.urls.filter((each) => each !== null),
      urls,
    ),
  );
  expect(
    shown(
      job.json.map((text) => outcome(() => dumps(loads(text)))),
      job.json,
    ),
  ).toEqual(shown(theirs.json, job.json));
  const names = job.labels.map((text) => asciiLabel(text.toLowerCase()) ?? null);
  expect(shown(names, job.labels)).toEqual(shown(theirs.labels, job.labels));
  // A charset without a value makes requests stumble; here it is passed over.
  const types = job.types.filter((_, i) => !theirs.types[i]?.startsWith('AttributeError'));
  const found = types.map((text) => encodingFromHeaders(new Fields([['content-type', text]])) ?? null);
  expect(shown(found, types)).toEqual(
    shown(
      theirs.types.filter((each) => !each?.startsWith('AttributeError')),
      types,
    ),
  );
});
