/** The uploads of kernel.py and crowd.py between two simulated hosts, over a cable with the relay's parameters. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { cable, host, lab, router } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { sink } from '@netarium/labs/lib/transfer.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { type Crowd, EVERY_NS, type Point, type Sample, type Share } from './points.ts';

const SAMPLE_NS = 20_000_000;
const RECEIVER = '10.0.2.2';
const PORT = 7000;
const PIECE = new Uint8Array(65_536);
const SECOND_NS = 1_000_000_000;

interface TcpInfo {
  readonly snd_cwnd: number;
  readonly bytes_acked: number;
  readonly total_retrans: number;
}

const infoOf = async (sys: Sys, fd: number): Promise<TcpInfo> =>
  (await sys.getsockopt(fd, 'tcp', 'TCP_INFO')) as unknown as TcpInfo;

async function socketOf(sys: Sys, algorithm: string): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  await sys.setsockopt(fd, 'tcp', 'TCP_CONGESTION', algorithm);
  return fd;
}

/** `upload ALGORITHM SECONDS`: fills a connection for so long; prints the samples as JSON. Step by step what `send` in kernel.py does. */
const upload: Program = async (sys, argv) => {
  const fd = await socketOf(sys, argv[1]!);
  await sys.connect(fd, { family: 'inet', address: RECEIVER, port: PORT });
  await sys.setNonblock(fd, true);
  const samples: Sample[] = [];
  const start = await sys.clock_gettime('monotonic');
  const endNs = Number(argv[2]) * SECOND_NS;
  for (let now = 0; now < endNs; now = (await sys.clock_gettime('monotonic')) - start) {
    const due = samples.length * SAMPLE_NS;
    if (now >= due) {
      const info = await infoOf(sys, fd);
      samples.push([now, info.snd_cwnd, info.bytes_acked]);
    } else if ((await sys.poll([{ fd, events: POLL.OUT }], due - now)).length > 0) {
      await sys.send(fd, PIECE);
    }
  }
  await sys.write(1, encodeUtf8(JSON.stringify(samples)));
  return 0;
};

/** `uploads ALGORITHM SECONDS FLOWS`: `send` of crowd.py. */
const uploads: Program = async (sys, argv) => {
  const [seconds, flows] = argv.slice(2).map(Number) as [number, number];
  const open: number[] = [];
  const start = await sys.clock_gettime('monotonic');
  for (let now = 0; now < seconds * SECOND_NS; now = (await sys.clock_gettime('monotonic')) - start) {
    while (open.length < flows && now >= open.length * EVERY_NS) {
      const fd = await socketOf(sys, argv[1]!);
      await sys.setNonblock(fd, true);
      // A server for each, as `sink` takes one connection after the other.
      const refused = await failure(sys.connect(fd, { family: 'inet', address: RECEIVER, port: PORT + open.length }));
      if (refused !== 'EINPROGRESS') throw new Error(`connect: ${refused}`);
      open.push(fd);
    }
    const ready = await sys.poll(
      open.map((fd) => ({ fd, events: POLL.OUT })),
      EVERY_NS,
    );
    for (const { fd } of ready) await failure(sys.send(fd, PIECE));
  }
  const told: Share[] = [];
  for (const fd of open) {
    const { bytes_acked, total_retrans } = await infoOf(sys, fd);
    told.push([bytes_acked, total_retrans]);
  }
  await sys.write(1, encodeUtf8(JSON.stringify(told)));
  return 0;
};

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error) => (error as { code: unknown }).code,
  );

const BUFFERS = { 'net.ipv4.tcp_rmem': '4096 131072 6291456', 'net.ipv4.tcp_wmem': '4096 16384 4194304' };

/** What a command on the sender prints; so many servers wait for it. */
async function between(point: Point, command: string, servers: number): Promise<unknown> {
  let told = '';
  const definition = lab({
    id: 'upload',
    machines: {
      a: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1', sysctl: BUFFERS }),
      // The queue is a router's, not the sender's own card's: that one would tell the sender of what it drops.
      gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
      b: host({
        eth0: `${RECEIVER}/24`,
        gateway: '10.0.2.1',
        sysctl: BUFFERS,
        run: Array.from({ length: servers }, (_, i) => `sink ${PORT + i}`),
      }),
    },
    cables: [
      cable('a', 'gate.eth0'),
      cable('gate.eth1', 'b', {
        rate: `${point.rate}bit`,
        delay: `${point.delayNs}ns`,
        queue: point.queuePackets,
        ...(point.lost.length === 0 ? {} : { forward: { drop: { nth: point.lost, matching: 'ip' } } }),
      }),
    ],
    programs: { sink, upload, uploads },
    until: `${point.seconds + 10}s`,
    async script({ a, sleep }) {
      await sleep('100ms');
      const { stdout, stderr } = await a.sh(command);
      told = stdout;
      if (stderr !== '') throw new Error(stderr);
    },
  });
  const run = await runLab(definition, { image: systemImage(), turn }, { seed: 1 });
  if (told === '') throw new Error(`no samples: ${run.problems.join('; ')}`);
  return JSON.parse(told);
}

export async function simulatedUpload(point: Point): Promise<readonly Sample[]> {
  return (await between(point, `upload ${point.algorithm} ${point.seconds}`, 1)) as Sample[];
}

export async function simulatedCrowd(crowd: Crowd): Promise<readonly Share[]> {
  const { algorithm, seconds, flows } = crowd;
  return (await between(crowd, `uploads ${algorithm} ${seconds} ${flows}`, flows)) as Share[];
}
