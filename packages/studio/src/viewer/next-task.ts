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
