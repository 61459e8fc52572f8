/** `-w`: variables of a finished transfer in a format of the user's. */
import { formatFixed } from '../../lib/numbers.ts';
import type { CoverageSection } from '../../lib/options.ts';

/** Times are nanoseconds since the transfer began. */
export interface TransferStats {
  url: string;
  urlEffective: string;
  urlNumber: number;
  method: string;
  status: number;
  httpVersion: string;
  contentType: string;
  redirectUrl: string;
  redirects: number;
  connects: number;
  remoteAddress: string;
  remotePort: number;
  localAddress: string;
  localPort: number;
  downloaded: number;
  uploaded: number;
  headerBytes: number;
  requestBytes: number;
  nameLookupNs: number;
  connectNs: number;
  preTransferNs: number;
  startTransferNs: number;
  redirectNs: number;
  totalNs: number;
  fileName: string;
  exitCode: number;
  errorText: string;
}

export function newStats(url: string, urlNumber: number): TransferStats {
  const text = {
    urlEffective: url,
    method: 'GET',
    httpVersion: '0',
    contentType: '',
    redirectUrl: '',
    fileName: '',
    errorText: '',
  };
  const ends = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 };
  const counts = {
    status: 0,
    redirects: 0,
    connects: 0,
    downloaded: 0,
    uploaded: 0,
    headerBytes: 0,
    requestBytes: 0,
    exitCode: 0,
  };
  const times = { nameLookupNs: 0, connectNs: 0, preTransferNs: 0, startTransferNs: 0, redirectNs: 0, totalNs: 0 };
  return { url, urlNumber, ...text, ...ends, ...counts, ...times };
}

const SECOND_NS = 1_000_000_000;
const seconds = (ns: number) => formatFixed(ns, SECOND_NS, 6);
const rate = (bytes: number, ns: number) =>
  String(ns <= 0 ? 0 : Math.floor((bytes * 1_000_000) / Math.max(1, Math.floor(ns / 1000))));

const VARIABLES: ReadonlyMap<string, (stats: TransferStats) => string> = new Map<string, (s: TransferStats) => string>([
  ['content_type', (s) => s.contentType],
  ['errormsg', (s) => s.errorText],
  ['exitcode', (s) => String(s.exitCode)],
  ['filename_effective', (s) => s.fileName],
  ['http_code', (s) => String(s.status).padStart(3, '0')],
  ['http_version', (s) => s.httpVersion],
  ['local_ip', (s) => s.localAddress],
  ['local_port', (s) => String(s.localPort)],
  ['method', (s) => s.method],
  ['num_connects', (s) => String(s.connects)],
  ['num_redirects', (s) => String(s.redirects)],
  ['redirect_url', (s) => s.redirectUrl],
  ['remote_ip', (s) => s.remoteAddress],
  ['remote_port', (s) => String(s.remotePort)],
  ['response_code', (s) => String(s.status).padStart(3, '0')],
  ['scheme', () => 'HTTP'],
  ['size_download', (s) => String(s.downloaded)],
  ['size_header', (s) => String(s.headerBytes)],
  ['size_request', (s) => String(s.requestBytes)],
  ['size_upload', (s) => String(s.uploaded)],
  ['speed_download', (s) => rate(s.downloaded, s.totalNs)],
  ['speed_upload', (s) => rate(s.uploaded, s.totalNs)],
  ['time_appconnect', () => seconds(0)],
  ['time_connect', (s) => seconds(s.connectNs)],
  ['time_namelookup', (s) => seconds(s.nameLookupNs)],
  ['time_pretransfer', (s) => seconds(s.preTransferNs)],
  ['time_redirect', (s) => seconds(s.redirectNs)],
  ['time_starttransfer', (s) => seconds(s.startTransferNs)],
  ['time_total', (s) => seconds(s.totalNs)],
  ['url', (s) => s.url],
  ['url_effective', (s) => s.urlEffective],
  ['urlnum', (s) => String(s.urlNumber)],
]);

export const coverage: readonly CoverageSection[] = [
  { program: 'curl', title: 'Variables of `-w`', entries: [...VARIABLES.keys()].map((name) => `\`%{${name}}\``) },
];

export interface WriteOut {
  readonly fd: 1 | 2;
  readonly text: string;
}

/** Pieces in order, each for standard output or standard error (`%{stderr}`); an unknown variable is reported there, as curl does. */
export function formatWriteOut(format: string, stats: TransferStats): readonly WriteOut[] {
  const pieces: WriteOut[] = [];
  let fd: 1 | 2 = 1;
  let text = '';
  const flush = () => {
    if (text !== '') pieces.push({ fd, text });
    text = '';
  };
  for (const match of format.matchAll(/%\{([^}]*)\}|%%|\\([nrt])|[\s\S]/g)) {
    const [whole, name, letter] = match;
    if (name !== undefined) {
      const variable = VARIABLES.get(name);
      if (variable) text += variable(stats);
      else {
        flush();
        if (name === 'stdout') fd = 1;
        else if (name === 'stderr') fd = 2;
        else pieces.push({ fd: 2, text: `curl: unknown --write-out variable: '${name}'\n` });
      }
    } else if (whole === '%%') text += '%';
    else if (letter !== undefined) text += letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\t';
    else text += whole;
  }
  flush();
  return pieces;
}
