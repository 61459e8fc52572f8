import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64 } from '../base64.ts';
import { parseCurlUrl } from './curl.ts';
import { formatMeter, size5, time8 } from './meter.ts';
import { parseCustomHeader } from './request.ts';
import { formatWriteOut, newStats } from './writeout.ts';

describe('the progress meter', () => {
  it('keeps sizes and times in their columns', () => {
    expect([0, 99_999, 100_000, 10_239_999, 10_240_000, 104_857_600, 2_000_000_000_000].map(size5)).toEqual([
      '    0',
      '99999',
      '  97k',
      '9999k',
      ' 9.7M',
      ' 100M',
      '1862G',
    ]);
    expect([0, 59, 3600, 360_000].map(time8)).toEqual(['--:--:--', ' 0:00:59', ' 1:00:00', '  4d 04h']);
    fc.assert(fc.property(fc.nat(2_000_000_000), (bytes) => void expect(size5(bytes)).toHaveLength(5)));
  });

  it('shows a transfer in one line', () => {
    const state = {
      downloaded: 3000,
      downloadTotal: 3000,
      uploaded: 0,
      uploadTotal: 0,
      spentNs: 788_000,
      currentSpeed: 2_999_000,
    };
    expect(formatMeter(state)).toBe('\r100  3000  100  3000    0     0  3717k      0 --:--:-- --:--:-- --:--:-- 2928k');
  });
});

describe('requests', () => {
  it('take headers as -H gives them', () => {
    expect(['A: b', 'A:', 'A;', 'A; b', 'A b', 'A: b\r\nC: d'].map(parseCustomHeader)).toEqual([
      { name: 'A', value: 'b' },
      { name: 'A', value: undefined },
      { name: 'A', value: '' },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('encode credentials as RFC 4648 says', () => {
    expect(['', 'f', 'fo', 'foo', 'foob'].map((text) => base64(new TextEncoder().encode(text)))).toEqual([
      '',
      'Zg==',
      'Zm8=',
      'Zm9v',
      'Zm9vYg==',
    ]);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => void expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'))),
    );
  });

  it('go to URLs with and without a scheme', () => {
    expect(parseCurlUrl('Web:8080/a#b')).toEqual({ scheme: 'http', host: 'web', port: 8080, path: '/a' });
    expect(() => parseCurlUrl('https://web/')).toThrow('Protocol "https" not supported or disabled in libcurl');
    expect(() => parseCurlUrl('http://')).toThrow('URL using bad/illegal format or missing URL');
  });
});

it('-w prints variables, escapes and complaints in their places', () => {
  const stats = { ...newStats('http://a/', 0), status: 200, totalNs: 1_234_567_890, downloaded: 10 };
  expect(
    formatWriteOut('%{http_code} %{time_total}%%\\n%{nope}%{stderr}%{size_download}%{stdout}\\t%x', stats),
  ).toEqual([
    { fd: 1, text: '200 1.234567%\n' },
    { fd: 2, text: "curl: unknown --write-out variable: 'nope'\n" },
    { fd: 2, text: '10' },
    { fd: 1, text: '\t%x' },
  ]);
});
