/** What a test body of two arms is given: three machines, laptop (10.0.1.2) – gw (10.0.1.1, 10.0.2.1; MTU 1400 beyond) – web (10.0.2.2). */

export type HostName = 'laptop' | 'gw' | 'web';

export interface Outcome {
  readonly code: number;
  /** Lines of standard output, then of standard error, without what may differ (times, identifiers). */
  readonly lines: readonly string[];
}

export interface Arm {
  /** Runs a shell line to its end. */
  run(host: HostName, line: string): Promise<Outcome>;
  /** Starts a shell line and gives it the time to open its sockets. */
  start(host: HostName, line: string): Promise<{ end(): Promise<Outcome> }>;
  /** Captures IPv4 on a host's eth0; the answer ends the capture and tells each packet in a few words (`frames.ts`). */
  watch(host: HostName): Promise<() => Promise<readonly string[]>>;
  /** Captures IPv4 on a host's eth0, packet by packet as the cable has them; the answer ends the capture and gives it as a file. */
  capture(host: HostName): Promise<() => Promise<Uint8Array>>;
  /** Starts an HTTP server on web's port 80 with these files. */
  website(files: Readonly<Record<string, string>>): Promise<void>;
  sleep(seconds: number): Promise<void>;
}

/** What both arms have beside the defaults. */
export const NEAR_MTU = 1500;
export const FAR_MTU = 1400;
export const SYSCTL: Readonly<Record<string, number>> = {
  // Every error is answered: bodies count them.
  'net.ipv4.icmp_ratelimit': 0,
  // A connection that nobody answers gives up after 1 s + 2 s + 4 s, not after two minutes.
  'net.ipv4.tcp_syn_retries': 2,
};
export const RESOLV_CONF = 'nameserver 10.0.2.2\noptions timeout:1 attempts:1\n';
export const HOSTS = '127.0.0.1 localhost\n10.0.2.2 web\n';
/** How long a started command gets before the body goes on. */
export const SETTLE_SECONDS = 0.5;

/** Drops what is chance or time: milliseconds, rates, process numbers. */
export function normal(text: string): readonly string[] {
  return text
    .replace(/\r/g, '')
    .replace(/time=[\d.]+ ms/g, 'time=T ms')
    .replace(/time \d+ms/g, 'time T')
    .replace(/, pipe \d+|^pipe \d+$/gm, '')
    .replace(/= [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms/g, '= T')
    .replace(/after \d+ (ms|milliseconds)/g, 'after T $1')
    .replace(/\d+\.\d+ ms/g, 'T')
    .replace(/curl\/[\d.]+/g, 'curl')
    .replace(/<<>> DiG \S+ <<>>/g, '<<>> DiG <<>>')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
