/**
 * The library's front door: what `import … from 'netarium'` offers.
 */
import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;
