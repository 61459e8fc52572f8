/** What a program may set on a TCP socket; inherited by accepted connections, and shared with them until one of the two changes something. */
export class Settings {
  reuseAddress = false;
  reusePort = false;
  boundCard: string | undefined = undefined;
  keepalive = false;
  outOfBandInline = false;
  receiveLowat = 1;
  /** SO_RCVBUF or SO_SNDBUF were set: no auto-tuning. */
  receiveBufferLocked = false;
  sendBufferLocked = false;
  /** -1: off. */
  lingerNs = -1;
  tos = 0;
  ttl = 64;
  /** 0: the path's. */
  userMss = 0;
  keepIdleNs = 0;
  keepIntervalNs = 0;
  keepProbes = 0;
  synRetries = 0;
  /** TCP_LINGER2: 0 the sysctl's value, -1 reset at once. */
  finWait2Ns = 0;
  /** Seconds to wait for data before a connection is handed to accept; 0: off. */
  deferAcceptSeconds = 0;
  windowClamp = 0;
  userTimeoutNs = 0;
  notSentLowat = 0;

  copy(): Settings {
    return Object.assign(new Settings(), this);
  }
}
