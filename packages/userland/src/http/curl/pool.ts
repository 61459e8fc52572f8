/** Connections of one curl run: opened when needed, kept for the next URL, counted as curl counts them. */
import { parseIpv4 } from '@netarium/core/base/address.ts';
import type { SockAddrIn, Sys } from '@netarium/core/syscall/sys.ts';
import { ClientConnection, isFailure, type NetFailure } from '../client/connection.ts';
import { lookupHost } from '../client/names.ts';
import { CURLE, CurlError } from './errors.ts';
import type { CurlSettings } from './options.ts';
import type { Report } from './report.ts';

const MS_NS = 1_000_000;

export interface PooledConnection {
  readonly connection: ClientConnection;
  readonly local: SockAddrIn;
  readonly number: number;
  readonly host: string;
  readonly port: number;
  reused: boolean;
}

export interface ConnectTimes {
  /** When the name was known and when the connection stood, on the monotonic clock. */
  lookupNs: number;
  connectNs: number;
}

/** The earliest of two limits, and which one it is: they are reported in different words. */
export interface Deadlines {
  readonly startNs: number;
  readonly totalNs: number;
  readonly connectNs: number;
}

export class ConnectionPool {
  private readonly idle: PooledConnection[] = [];
  private readonly cache = new Map<string, readonly string[]>();
  private nextNumber = 0;

  constructor(
    private readonly sys: Sys,
    settings: CurlSettings,
  ) {
    for (const entry of settings.resolved) this.cache.set(`${entry.host}:${entry.port}`, entry.addresses);
  }

  /** An open connection to the host, an idle one where there is one. */
  async get(
    host: string,
    port: number,
    limits: Deadlines,
    report: Report,
    times: ConnectTimes,
  ): Promise<PooledConnection> {
    const kept = await this.reuse(host, port, report);
    if (kept) {
      times.lookupNs = times.connectNs = await this.sys.clock_gettime('monotonic');
      return kept;
    }
    const number = this.nextNumber++;
    const addresses = await this.addresses(host, port, report);
    times.lookupNs = await this.sys.clock_gettime('monotonic');
    const failures: { failure: NetFailure; address: string }[] = [];
    for (const address of addresses) {
      await report.info(`  Trying ${address}:${port}...`);
      const deadlineNs = Math.min(limits.totalNs, limits.connectNs);
      const connection = await ClientConnection.connect(this.sys, { family: 'inet', address, port }, deadlineNs);
      if (!isFailure(connection)) {
        times.connectNs = await this.sys.clock_gettime('monotonic');
        await report.info(`Connected to ${host} (${address}) port ${port} (#${number})`);
        const local = (await this.sys.getsockname(connection.fd)) as SockAddrIn;
        return { connection, local, number, host, port, reused: false };
      }
      failures.push({ failure: connection, address });
      await this.reportFailure(connection, address, port, limits, report);
      if (connection.failure === 'timeout') break;
    }
    throw await this.connectError(failures.at(-1)!.failure, host, port, number, limits, report);
  }

  private async reportFailure(failure: NetFailure, address: string, port: number, limits: Deadlines, report: Report) {
    if (failure.failure === 'timeout') {
      if (limits.totalNs > limits.connectNs) {
        const ms = Math.floor((limits.connectNs - limits.startNs) / MS_NS);
        await report.info(`ipv4 connect timeout after ${ms}ms, move on!`);
      }
    } else if (failure.immediate) await report.info(`Immediate connect fail for ${address}: ${failure.text}`);
    else await report.info(`connect to ${address} port ${port} failed: ${failure.text}`);
  }

  private async connectError(
    failure: NetFailure,
    host: string,
    port: number,
    number: number,
    limits: Deadlines,
    report: Report,
  ): Promise<CurlError> {
    const ms = Math.floor(((await this.sys.clock_gettime('monotonic')) - limits.startNs) / MS_NS);
    let error: CurlError;
    if (failure.failure === 'timeout' && limits.totalNs <= limits.connectNs)
      error = new CurlError(CURLE.OPERATION_TIMEDOUT, `Connection timed out after ${ms} milliseconds`);
    else {
      const timedOut = failure.failure === 'timeout';
      const code = timedOut || failure.code === 'ETIMEDOUT' ? CURLE.OPERATION_TIMEDOUT : CURLE.COULDNT_CONNECT;
      const why = timedOut ? 'Timeout was reached' : "Couldn't connect to server";
      error = new CurlError(code, `Failed to connect to ${host} port ${port} after ${ms} ms: ${why}`);
    }
    await report.info(error.message);
    await report.info(`Closing connection ${number}`);
    return error;
  }

  private async addresses(host: string, port: number, report: Report): Promise<readonly string[]> {
    const key = `${host}:${port}`;
    const cached = this.cache.get(key);
    if (cached) {
      await report.info(`Hostname ${host} was found in DNS cache`);
      return cached;
    }
    const found = parseIpv4(host) ? [host] : await lookupHost(this.sys, host);
    if (found === undefined || found.length === 0) {
      await report.info(`Could not resolve host: ${host}`);
      await report.info(`Closing connection ${this.nextNumber - 1}`);
      throw new CurlError(CURLE.COULDNT_RESOLVE_HOST, `Could not resolve host: ${host}`);
    }
    this.cache.set(key, found);
    return found;
  }

  private async reuse(host: string, port: number, report: Report): Promise<PooledConnection | undefined> {
    const at = this.idle.findIndex((entry) => entry.host === host && entry.port === port);
    if (at < 0) return undefined;
    const [entry] = this.idle.splice(at, 1);
    if (await entry!.connection.dead()) {
      await report.info(`Connection ${entry!.number} seems to be dead`);
      await this.close(entry!, report);
      return undefined;
    }
    await report.info(`Re-using existing connection #${entry!.number} with host ${host}`);
    entry!.reused = true;
    return entry;
  }

  async keep(entry: PooledConnection, report: Report): Promise<void> {
    await report.info(`Connection #${entry.number} to host ${entry.host} left intact`);
    this.idle.push(entry);
  }

  async close(entry: PooledConnection, report: Report): Promise<void> {
    await report.info(`Closing connection ${entry.number}`);
    await entry.connection.close();
  }

  async closeAll(): Promise<void> {
    for (const entry of this.idle) await entry.connection.close();
    this.idle.length = 0;
  }
}
