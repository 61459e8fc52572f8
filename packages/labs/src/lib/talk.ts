/** Clients that talk to an echo server, all from one machine, and what they were told. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { HostControl, LabTools } from '@netarium/core/check/lab-context.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';

export const PORT = 9000;
const MS = 1_000_000;
const LENGTH = 1024;

/** `talk ADDRESS PAUSE_MS WORD …`: sends each word and prints the answer, with a pause after it; then it closes. Exits 1 where the talk ends early. */
export async function talk(sys: Sys, [, address = '', pauseMs = '0', ...words]: readonly string[]): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  try {
    await sys.connect(fd, { family: 'inet', address, port: PORT });
    for (const word of words) {
      await sys.send(fd, encodeUtf8(word));
      const answer = decodeUtf8(await sys.recv(fd, LENGTH));
      if (answer === '') {
        await print(sys, 'end of stream\n');
        return 1;
      }
      await print(sys, `${answer}\n`);
      await sys.nanosleep(Number(pauseMs) * MS);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await print(sys, `${error.code}\n`);
    return 1;
  } finally {
    await sys.close(fd);
  }
}

export interface Talk {
  readonly status: number;
  readonly lines: readonly string[];
}

/** One client for each list of words, started at once. */
export async function talkAll(
  tools: LabTools,
  client: HostControl,
  address: string,
  pauseMs: number,
  wordLists: readonly (readonly string[])[],
): Promise<Talk[]> {
  const running = wordLists.map((words) => client.start(`exec talk ${address} ${pauseMs} ${words.join(' ')}`));
  const talks: Talk[] = [];
  for (const each of running) {
    const { status, stdout } = await each.wait();
    talks.push({ status, lines: stdout.split('\n').filter((line) => line !== '') });
  }
  await tools.sleep('5ms');
  return talks;
}

/** Tells what clients are answered, at the instants at which it comes. */
export function tellAnswers({ watch, say }: LabTools, client: string): void {
  watch(
    `tcp.len > 0 && ip.dst == ${client}`,
    (packet) => {
      const bytes = packet.field('tcp.len');
      const port = packet.field('tcp.dstport');
      say({ en: `client ${port}: answer of ${bytes} bytes`, zh: `客户端 ${port}：收到 ${bytes} 字节的回答` });
    },
    'client.eth0',
  );
}

/** How many connections had had data from the server before the first FIN came from any client, among packets since an instant. */
export function servedTogether({ seen }: LabTools, client: string, sinceNs: number): number {
  const after = (filter: string) => seen(filter).packets.filter(({ atNs }) => atNs >= sinceNs);
  const firstFin = after(`tcp.flags.fin == 1 && ip.src == ${client}`)[0]?.atNs ?? -1;
  const answers = after(`tcp.len > 0 && ip.dst == ${client}`).filter(({ atNs }) => atNs < firstFin);
  return new Set(answers.map((packet) => packet.field('tcp.dstport'))).size;
}
