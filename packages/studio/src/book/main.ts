/** The handbook's own script: the search on the index, and controls for predictions. The pages say everything without it too. */
import { itemsOf } from './item.ts';
import { showResults } from './results.ts';

for (const item of itemsOf(document)) item.enable();
showResults(document, new URLSearchParams(location.search).get('q') ?? '');
