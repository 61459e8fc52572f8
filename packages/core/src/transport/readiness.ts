/** Readiness bits of a transport endpoint: the values of poll(2), which the layers above use too. */
export const READY = { IN: 0x001, PRI: 0x002, OUT: 0x004, ERR: 0x008, HUP: 0x010, RDHUP: 0x2000 } as const;
