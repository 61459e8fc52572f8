/** The connections of an HTTP server: from the listening socket to sessions, no more of them than the limit, until a signal ends it. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from '../../lib/event-loop.ts';
import { acceptAll, type Listening, sayReady } from '../../lib/serving.ts';
import type { ServerContext } from './context.ts';
import type { RequestHandler } from './request-handler.ts';
import { Session } from './session.ts';

/** So many clients more are told that there is no room, each within the time of a lingering close; those beyond are closed without a word. */
const TOLD_AT_MOST = 256;

export async function serveHttp(
  sys: Sys,
  loop: EventLoop,
  context: ServerContext,
  listener: Listening,
  make: (session: Session) => RequestHandler,
): Promise<void> {
  await loop.keepWallClock();
  const sessions = new Set<Session>();
  const { maxConnections } = context.limits;
  await acceptAll(sys, loop, context.program, listener.fd, async (fd, peer) => {
    if (sessions.size >= maxConnections + TOLD_AT_MOST) return sys.close(fd);
    // Responses are written whole: waiting for an acknowledgement (Nagle) would only delay their last part.
    await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
    const session = new Session(context, fd, peer, make, (one) => void sessions.delete(one));
    sessions.add(session);
    if (sessions.size > maxConnections) await session.answerError(503, true);
    else await session.start();
  });
  await loop.stopOnSignals();
  await sayReady(sys, listener);
  await loop.run();
  await context.log?.flush();
}
