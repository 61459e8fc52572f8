/** The browser's turn: what waits (input, a frame) comes first. Not a timer, which browsers hold back by some milliseconds once it is set again and again. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Work that nobody waits for yet, a step of it whenever the page has nothing else to do. */
export async function whileIdle(work: Iterator<unknown>): Promise<void> {
  do await idle();
  while (work.next().done !== true);
}

const BREATH_MS = 50;

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve());
    // Safari does not say when it has nothing to do.
    else setTimeout(resolve, BREATH_MS);
  });
}
