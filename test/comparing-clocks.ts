/** For tests that compare clocks: somebody else's work may come in between, so only what differs every time is a difference. */
export const COMPARING_CLOCKS = { retry: 2 };
