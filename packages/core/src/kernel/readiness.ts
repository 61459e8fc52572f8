/** poll(2) and epoll(7) event bits, Linux's values. */
export const READY = {
  IN: 0x001,
  PRI: 0x002,
  OUT: 0x004,
  ERR: 0x008,
  HUP: 0x010,
  NVAL: 0x020,
  RDHUP: 0x2000,
} as const;

/** Reported whether asked for or not. */
export const ALWAYS_REPORTED = READY.ERR | READY.HUP | READY.NVAL;

/** epoll_ctl(2) flags beside the readiness bits. */
export const EPOLL_FLAGS = { EXCLUSIVE: 0x1000_0000, ONESHOT: 0x4000_0000, ET: 0x8000_0000 } as const;
