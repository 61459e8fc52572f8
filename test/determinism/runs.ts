/** One run of one built-in lab and what identifies it: for comparing engines, processes and orders. Runs in Node and in a browser. */
import { hex } from '@netarium/core/base/bytes.ts';
import { Sha256 } from '@netarium/core/base/sha256.ts';
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { NetworkCard } from '@netarium/core/link/card.ts';
import { WireBuffer } from '@netarium/core/wire/buffer.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import type { MacrotaskTurn } from '@netarium/core/world/run-loop.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';

export interface Identity {
  readonly lab: string;
  readonly wireDigest: string;
  readonly runDigest: string;
  /** sha256 over every frame's bytes, instant, card and direction, as the captures hold them. */
  readonly captures: string;
  readonly events: number;
  readonly virtualNs: number;
  readonly verdicts: string;
}

export interface RunOptions {
  readonly seed?: number;
  readonly strict?: boolean;
  readonly set?: Readonly<Record<string, string | number | boolean>>;
  /** Whoever else looks at the run's cards. */
  readonly cards?: (cards: readonly NetworkCard[]) => void;
}

export async function identify(id: string, turn: MacrotaskTurn, options: RunOptions = {}): Promise<Identity> {
  return identityOf(await catalogue.get(id)!(), turn, options);
}

export async function identityOf(
  definition: LabDefinition,
  turn: MacrotaskTurn,
  { cards: alsoTap, ...options }: RunOptions = {},
): Promise<Identity> {
  const captures = new Sha256();
  const instant = new Float64Array(3);
  const instantBytes = new Uint8Array(instant.buffer);
  const buffer = new WireBuffer();
  const tap = (cards: readonly NetworkCard[]): void => {
    alsoTap?.(cards);
    for (const card of cards) {
      card.addTap({
        frame(at, frame, direction, ns) {
          instant.set([ns, at.ifindex, direction === 'in' ? 0 : 1]);
          captures.update(instantBytes);
          captures.update(encodeFrame(frame, buffer));
        },
      });
    }
  };
  const run = await runLab(definition, { image: systemImage(), turn }, { ...options, listener: { cards: tap } });
  const { lab, wireDigest, runDigest, events, virtualNs } = run;
  return {
    lab,
    wireDigest,
    runDigest,
    captures: hex(captures.digest()),
    events,
    virtualNs,
    verdicts: run.checks.map(({ verdict }) => verdict).join(),
  };
}

export function labIds(): string[] {
  return [...catalogue.keys()];
}
