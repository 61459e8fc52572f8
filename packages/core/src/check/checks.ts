/** The checks of a run: judged by the script, each once; those that it never reached could not be judged. */
import type { World } from '../world/world.ts';
import type { CheckSpec } from './lab.ts';
import type { Observation, SeenPacket } from './lab-context.ts';
import type { CheckResult, CheckSpecs, RunListener, Verdict } from './lab-run.ts';

const NEVER_REACHED = 'the script never came to this check';

export class Checks {
  private readonly judged = new Map<string, CheckResult>();

  constructor(
    private readonly specs: CheckSpecs,
    private readonly world: World,
    private readonly listener: RunListener,
  ) {}

  judge(id: string, observe: () => boolean | Observation, evidence?: SeenPacket | { readonly atNs: number }): void {
    let observation: Observation;
    try {
      const seen = observe();
      observation = typeof seen === 'boolean' ? { met: seen } : seen;
    } catch (error) {
      observation = { met: undefined, saw: error instanceof Error ? error.message : String(error) };
    }
    const spec = this.specs[id] ?? { text: { en: id, zh: id } };
    const verdict: Verdict =
      observation.met === undefined ? 'could not be judged' : observation.met ? 'met' : 'not met';
    const packet = evidence !== undefined && 'packet' in evidence ? evidence.packet : 0;
    const result = resultOf(
      id,
      spec,
      verdict,
      observation.atNs ?? evidence?.atNs ?? this.world.now,
      observation.packet ?? packet,
      observation.saw ?? '',
    );
    // A check that is made several times stays unmet once it was: the first failure decides.
    const before = this.judged.get(id);
    if (before !== undefined && before.verdict !== 'met') return;
    this.judged.set(id, result);
    this.listener.check?.(result);
  }

  /** The script is over: what it promised and never judged is told. */
  close(): void {
    for (const [id, spec] of Object.entries(this.specs)) {
      if (this.judged.has(id)) continue;
      const result = resultOf(id, spec, 'could not be judged', -1, 0, NEVER_REACHED);
      this.judged.set(id, result);
      this.listener.check?.(result);
    }
  }

  /** In the order of their declaration, undeclared ones behind. */
  results(): CheckResult[] {
    const declared = Object.keys(this.specs).flatMap((id) => this.judged.get(id) ?? []);
    return [...declared, ...[...this.judged.values()].filter(({ id }) => !Object.hasOwn(this.specs, id))];
  }
}

function resultOf(
  id: string,
  spec: CheckSpec,
  verdict: Verdict,
  atNs: number,
  packet: number,
  saw: string,
): CheckResult {
  return {
    id,
    text: spec.text,
    row: spec.row,
    clause: spec.clause,
    claim: spec.claim,
    verdict,
    atNs,
    packet,
    saw: verdict === 'met' ? '' : saw,
  };
}
