/** What is fuzzed: everything that reads what others wrote. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, sameBytes } from '@netarium/core/base/bytes.ts';
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import { decodeFrame, encodeFrame } from '@netarium/core/wire/codec.ts';
import { compileFilter, filterErrorText } from '@netarium/core/wire/filter/filter.ts';
import { PacketId } from '@netarium/core/wire/packet.ts';
import { type Dissection, dissect, packetTree } from '@netarium/core/wire/tree.ts';
import { ShellSyntaxError } from '@netarium/userland/shell/errors.ts';
import { parseScript } from '@netarium/userland/shell/parser.ts';
import { yamlLab } from '../../packages/cli/src/load/yaml-lab.ts';
import type { Target } from './engine.ts';
import * as httpClients from './http-clients.ts';
import { jobs } from './jobs.ts';
import { recordings } from './recordings.ts';
import { expressions, redisRequests } from './requests.ts';
import { servers } from './servers.ts';
import { socketCalls } from './socket-calls.ts';
import { sqlTargets } from './sql.ts';

const folder = fileURLToPath(new URL('corpus', import.meta.url));
const scripts = fileURLToPath(new URL('../packetscripts', import.meta.url));
const lines = (file: string): string[] => readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean);
/** Inputs of several lines stand between lines of `%%`. */
const texts = (file: string): string[] => readFileSync(`${folder}/${file}`, 'utf8').split(/^%%\n/m);
const unhex = (line: string): Uint8Array => fromHex(line)!;
const byteText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

/** Frames of any bytes: decoded and encoded they are what they were, and every node of their tree lies within them. */
const decoder: Target = {
  name: 'decoder',
  corpus: () => lines('frames.hex').map((line) => byteText(unhex(line))),
  run(input) {
    const bytes = bytesOf(input);
    const frame = decodeFrame(bytes, new PacketId(1));
    if (!sameBytes(encodeFrame(frame), bytes)) throw new Error('the frame does not come back as it was');
    const names: string[] = [];
    const walk = (nodes: ReturnType<typeof packetTree>): void => {
      for (const { name, start, end, children } of nodes) {
        if (start < 0 || end < start || end > bytes.length)
          throw new Error(`${name}: ${start} to ${end} of ${bytes.length}`);
        names.push(name);
        walk(children);
      }
    };
    walk(packetTree(bytes));
    return names.join();
  },
};

let packets: readonly Dissection[] | undefined;

/** Display filters: refused with a place within the text, or a predicate that answers for any packet. */
const filter: Target = {
  name: 'filter',
  corpus: () => lines('filters.txt'),
  run(input) {
    packets ??= lines('frames.hex').map((line, i) => dissect(unhex(line), { number: i + 1 }));
    const compiled = compileFilter(input);
    if (!compiled.ok)
      return filterErrorText('', compiled.error)
        .split('\n')[0]!
        .replace(/".*?"|\d+/g, '');
    return packets.map((packet) => (compiled.test(packet) ? 1 : 0)).join('');
  },
};

/** Packet scripts: a verdict, whatever they say. */
const script: Target = {
  name: 'script',
  // Our own scripts, and what the search once found.
  corpus: () =>
    [scripts, `${folder}/script`].flatMap((each) =>
      readdirSync(each)
        .filter((name) => name.endsWith('.pkt'))
        .map((name) => readFileSync(`${each}/${name}`, 'utf8')),
    ),
  run(input) {
    const { verdict, seen = '', missing = '' } = runPacketScript(input);
    return `${verdict} ${missing.replace(/[\d.]+/g, '').slice(0, 40)} ${seen.replace(/[\d.]+/g, '').slice(0, 20)}`;
  },
};

/** The shell's grammar: a tree, or an error with a line. */
const shell: Target = {
  name: 'shell',
  corpus: () => texts('shell.txt'),
  run(input) {
    try {
      return JSON.stringify(parseScript(input))
        .replace(/"(text|word|value|name)":"[^"]*"|\d+/g, '')
        .slice(0, 200);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      return error.message.replace(/".*?"|\d+/g, '');
    }
  },
};

/** Labs in YAML: a lab, or problems with their places. */
const yaml: Target = {
  name: 'yaml',
  corpus: () => texts('labs.yaml.txt'),
  run(input) {
    const loaded = yamlLab(input, 'fuzz.yaml');
    if ('lab' in loaded) return `lab of ${Object.keys(loaded.lab).join()}`;
    return loaded.problems
      .map(({ code, path }) => `${code} ${path.filter((step) => typeof step === 'string').join('.')}`)
      .join();
  },
};

export const targets: readonly Target[] = [
  decoder,
  filter,
  script,
  shell,
  yaml,
  socketCalls,
  httpClients.responses,
  httpClients.urls,
  httpClients.encodings,
  redisRequests,
  expressions,
  jobs.csv,
  jobs.ledger,
  jobs.urlList,
  jobs.manifest,
  servers.requests,
  servers.remoteCalls,
  servers.proxyWords,
  recordings,
  ...sqlTargets,
];
