/**
 * The rival of `download`, by undici: `undici-download.mjs URLS OUT CONCURRENCY TIMEOUT_S RETRIES`. The same work: so many requests under way over connections that are
 * kept, SHA-256 of each file, written under another name and renamed, a line for each in a manifest, silence and 5xx tried again after half a second that doubles.
 * Prints what it did as JSON.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Agent } from 'undici';

const [urlsFile, out, concurrency, timeout, retries] = process.argv.slice(2);
const limit = Number(timeout) * 1000;
const agent = new Agent({
  connections: Number(concurrency),
  pipelining: 1,
  headersTimeout: limit,
  bodyTimeout: limit,
});
const urls = readFileSync(urlsFile, 'utf8').split('\n').filter(Boolean);
mkdirSync(out, { recursive: true });

let next = 0;
let done = 0;
let failed = 0;

async function once(url, name) {
  const { origin, pathname, search } = new URL(url);
  const response = await agent.request({ origin, path: pathname + search, method: 'GET' });
  if (response.statusCode !== 200) {
    await response.body.dump();
    return response.statusCode >= 500 ? 'again' : 'failed';
  }
  const hash = createHash('sha256');
  const part = `${out}/${name}.part`;
  const fd = openSync(part, 'w');
  try {
    for await (const chunk of response.body) {
      hash.update(chunk);
      writeSync(fd, chunk);
    }
  } catch (error) {
    rmSync(part);
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(part, `${out}/${name}`);
  const line = { url, name, sha256: hash.digest('hex'), type: response.headers['content-type'] };
  appendFileSync(`${out}/.download.jsonl`, `${JSON.stringify(line)}\n`);
  return 'done';
}

async function lane() {
  while (next < urls.length) {
    const index = next++;
    let outcome = 'again';
    for (let tries = 0; outcome === 'again' && tries <= Number(retries); tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** (tries - 1)));
      outcome = await once(urls[index], String(index)).catch(() => 'again');
    }
    if (outcome === 'done') done++;
    else failed++;
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: Number(concurrency) }, lane));
console.log(JSON.stringify({ ms: performance.now() - start, done, failed }));
process.exit(0);
