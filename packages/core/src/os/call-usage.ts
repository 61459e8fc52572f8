/**
 * What a thread has asked of the kernel, counted: what tells blocking, polling and multiplexing programs apart. Read through
 * `/proc/<pid>/task/<tid>/calls`.
 */
export class CallUsage {
  /** Calls that came to an end. */
  calls = 0;
  /** Times that a call began to wait. */
  blocked = 0;
  /** Times that a waiting call looked again. */
  wakeups = 0;
  /** Calls that had nothing to give (EAGAIN): what a busy loop wastes. */
  again = 0;
  /** Files whose readiness select, poll and epoll_wait looked at. */
  scanned = 0;
}
