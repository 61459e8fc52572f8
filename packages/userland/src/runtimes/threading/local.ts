/** threading.local: one set of attributes per thread, each thread's begun with the same. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { AttributeError } from './errors.ts';
import type { Python } from './python.ts';
import { Shared } from './shared.ts';

interface Packed {
  readonly key: number;
  readonly initial: { readonly [name: string]: Cloneable };
}

export class Local extends Shared {
  readonly kind = 'Local';

  private constructor(
    private readonly py: Python,
    private readonly packed: Packed,
  ) {
    super();
  }

  /** `initial`: what a subclass's `__init__` would set in each thread that comes. */
  static async create(py: Python, initial: { readonly [name: string]: Cloneable } = {}): Promise<Local> {
    // The number of a cell is one that no other local has.
    return new Local(py, { key: await py.sys.cell_create(null), initial });
  }

  static revive(py: Python, packed: Packed): Local {
    return new Local(py, packed);
  }

  pack(): Cloneable {
    return { key: this.packed.key, initial: this.packed.initial };
  }

  private async attributes(): Promise<Map<string, unknown>> {
    const { key, initial } = this.packed;
    const found = (await this.py.sys.tls_get(key)) as Map<string, unknown> | undefined;
    if (found !== undefined) return found;
    const made = new Map<string, unknown>(Object.entries(initial));
    await this.py.sys.tls_set(key, made);
    return made;
  }

  async get(name: string): Promise<unknown> {
    const attributes = await this.attributes();
    if (!attributes.has(name)) throw new AttributeError(`'_thread._local' object has no attribute '${name}'`);
    return attributes.get(name);
  }

  async set(name: string, value: unknown): Promise<void> {
    (await this.attributes()).set(name, value);
  }
}
