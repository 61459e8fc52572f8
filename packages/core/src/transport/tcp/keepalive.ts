/**
 * The slow timer: keep-alive probes (RFC 9293 section 3.8.4, off by default as MUST-25 asks), and the stay of an ownerless connection in
 * FIN-WAIT-2.
 */
import { SECOND } from '../../time/instant.ts';
import { Timer } from '../../time/timer.ts';
import { RESOURCE_PROBE_NS, STATE, TIME_WAIT_NS } from './constants.ts';
import { type ControlBlock, now } from './control-block.ts';
import { finish, flushWakes, timeOut } from './outcome.ts';
import { sendReset } from './output.ts';
import { wakePeer } from './persist.ts';
import { hasUnsent } from './send.ts';
import { enterTimeWait } from './timewait.ts';

export function keepIdleNs(c: ControlBlock): number {
  return c.settings.keepIdleNs > 0 ? c.settings.keepIdleNs : c.tcp.config.keepaliveTime.number * SECOND;
}

function keepIntervalNs(c: ControlBlock): number {
  return c.settings.keepIntervalNs > 0 ? c.settings.keepIntervalNs : c.tcp.config.keepaliveInterval.number * SECOND;
}

function keepProbes(c: ControlBlock): number {
  return c.settings.keepProbes > 0 ? c.settings.keepProbes : c.tcp.config.keepaliveProbes.number;
}

export function armSlowTimer(c: ControlBlock, delay: number): void {
  c.slowTimer ??= new Timer(
    c.tcp.queue,
    () => slowTimeout(c),
    c.tcp.report.watch(c, 'slow', () => (c.state === STATE.FIN_WAIT_2 && c.orphan ? 'fin-wait-2' : 'keepalive')),
  );
  c.slowTimer.setAfter(delay);
}

/** SO_KEEPALIVE was set, or a connection with it became established. */
export function startKeepalive(c: ControlBlock): void {
  if (c.settings.keepalive && c.state !== STATE.CLOSED && c.state !== STATE.LISTEN) armSlowTimer(c, keepIdleNs(c));
}

export function stopKeepalive(c: ControlBlock): void {
  c.slowTimer?.clear();
}

export function idleNs(c: ControlBlock): number {
  return now(c) - Math.max(c.lastReceivedAt, c.lastAckReceivedAt);
}

function slowTimeout(c: ControlBlock): void {
  if (c.state === STATE.FIN_WAIT_2 && c.orphan) {
    leaveFinWait2(c);
    return;
  }
  if (!c.settings.keepalive || c.state === STATE.CLOSED || c.state === STATE.SYN_SENT) return;
  let next = keepIdleNs(c);
  if (c.packetsOut === 0 && !hasUnsent(c)) {
    const idle = idleNs(c);
    if (idle >= next) {
      if (givesUp(c, idle)) {
        sendReset(c);
        timeOut(c);
        flushWakes(c);
        return;
      }
      next = probe(c);
    } else next -= idle;
  }
  armSlowTimer(c, next);
}

function givesUp(c: ControlBlock, idle: number): boolean {
  const { userTimeoutNs } = c.settings;
  if (userTimeoutNs > 0) return idle >= userTimeoutNs && c.probesOut > 0;
  return c.probesOut >= keepProbes(c);
}

function probe(c: ControlBlock): number {
  if (!wakePeer(c)) return RESOURCE_PROBE_NS;
  c.probesOut++;
  const { context } = c.tcp;
  context.recorder.emit('tcp.timer', context.name, {
    socket: c.id,
    timer: 'keepalive',
    backoff: c.probesOut,
    nextNs: keepIntervalNs(c),
  });
  return keepIntervalNs(c);
}

function leaveFinWait2(c: ControlBlock): void {
  const { finWait2Ns } = c.settings;
  const left = (finWait2Ns > 0 ? finWait2Ns : c.tcp.config.finTimeoutNs) - TIME_WAIT_NS;
  if (finWait2Ns >= 0 && left > 0) {
    enterTimeWait(c, STATE.FIN_WAIT_2, left);
    return;
  }
  sendReset(c);
  finish(c, 'fin-timeout');
}
