/** Who made an entry of a socket's error queue (SO_EE_ORIGIN_… of linux/errqueue.h). */
export const ERROR_ORIGIN = { LOCAL: 1, ICMP: 2, TIMESTAMPING: 4, ZEROCOPY: 5 } as const;
