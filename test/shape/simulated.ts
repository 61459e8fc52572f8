/** The upload of kernel.py between two simulated hosts, over a cable with the relay's parameters. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { cable, host, lab, router } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { POLL, type Program } from '@netarium/core/syscall/sys.ts';
import { sink } from '@netarium/labs/lib/transfer.ts';
import { systemImage } from '@netarium/userland/image.ts';
import type { Point, Sample } from './points.ts';

const SAMPLE_NS = 20_000_000;
const RECEIVER = '10.0.2.2';
const PORT = 7000;
const PIECE = new Uint8Array(65_536);
/** `upload ALGORITHM SECONDS`: fills a connection for so long; prints the samples as JSON. Step by step what `send` in kernel.py does. */
const upload: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  await sys.setsockopt(fd, 'tcp', 'TCP_CONGESTION', argv[1]!);
  await sys.connect(fd, { family: 'inet', address: RECEIVER, port: PORT });
  await sys.setNonblock(fd, true);
  const samples: Sample[] = [];
  const start = await sys.clock_gettime('monotonic');
  const endNs = Number(argv[2]) * 1_000_000_000;
  for (let now = 0; now < endNs; now = (await sys.clock_gettime('monotonic')) - start) {
    const due = samples.length * SAMPLE_NS;
    if (now >= due) {
      const info = (await sys.getsockopt(fd, 'tcp', 'TCP_INFO')) as unknown as {
        snd_cwnd: number;
        bytes_acked: number;
      };
      samples.push([now, info.snd_cwnd, info.bytes_acked]);
    } else if ((await sys.poll([{ fd, events: POLL.OUT }], due - now)).length > 0) {
      await sys.send(fd, PIECE);
    }
  }
  await sys.write(1, encodeUtf8(JSON.stringify(samples)));
  return 0;
};

export async function simulatedUpload(point: Point): Promise<readonly Sample[]> {
  let told = '';
  const buffers = { 'net.ipv4.tcp_rmem': '4096 131072 6291456', 'net.ipv4.tcp_wmem': '4096 16384 4194304' };
  const definition = lab({
    id: 'upload',
    machines: {
      a: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1', sysctl: buffers }),
      // The queue is a router's, not the sender's own card's: that one would tell the sender of what it drops.
      gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
      b: host({ eth0: `${RECEIVER}/24`, gateway: '10.0.2.1', sysctl: buffers, run: [`sink ${PORT}`] }),
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
    programs: { sink, upload },
    until: `${point.seconds + 10}s`,
    async script({ a, sleep }) {
      await sleep('100ms');
      const { stdout, stderr } = await a.sh(`upload ${point.algorithm} ${point.seconds}`);
      told = stdout;
      if (stderr !== '') throw new Error(stderr);
    },
  });
  const run = await runLab(definition, { image: systemImage(), turn }, { seed: 1 });
  if (told === '') throw new Error(`no samples: ${run.problems.join('; ')}`);
  return JSON.parse(told) as Sample[];
}
