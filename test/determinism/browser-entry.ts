/** The page's side of the comparison between engines: runs labs in Chromium with a MessageChannel turn. */
import { type Identity, identify, type RunOptions } from './runs.ts';

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

Object.assign(globalThis, {
  identify: (id: string, options?: RunOptions): Promise<Identity> => identify(id, turn, options),
});
