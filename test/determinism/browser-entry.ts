/** The page's side of the comparison between engines: runs labs in Chromium with a MessageChannel turn. */
import { bringSqlite } from '@netarium/sqlite/sqlite.browser.ts';
import init from '@sqlite.org/sqlite-wasm';
// @ts-expect-error the bundler makes bytes of it
import bytes from '@sqlite.org/sqlite-wasm/sqlite3.wasm';
import { type Identity, identify, type RunOptions } from './runs.ts';

bringSqlite(init, bytes);

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
// Written out: the types at hand are Node's, and its ports go without this property in some versions.
(channel.port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()?.();

function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

Object.assign(globalThis, {
  identify: (id: string, options?: RunOptions): Promise<Identity> => identify(id, turn, options),
});
