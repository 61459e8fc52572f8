/**
 * "It works when", clause by clause, for the rows that have labs. A lab's check names its row and the clause's number (from 1, the place in the
 * list); a row works when every clause has a met check that a counter-run of its lab turns into "not met".
 */
import type { Clause } from './clauses/clause.ts';
import { jobsAndLanguage } from './clauses/jobs-and-language.ts';
import { locksAndQueues } from './clauses/locks-and-queues.ts';
import { modelsAndAddressing } from './clauses/models-and-addressing.ts';
import { poolsAndEventLoops } from './clauses/pools-and-event-loops.ts';
import { processesAndThreads } from './clauses/processes-and-threads.ts';
import { servicesAndHttp } from './clauses/services-and-http.ts';
import { socketsAndIo } from './clauses/sockets-and-io.ts';
import { transport } from './clauses/transport.ts';

export const clauses: ReadonlyMap<number, readonly Clause[]> = new Map([
  ...modelsAndAddressing,
  ...transport,
  ...socketsAndIo,
  ...servicesAndHttp,
  ...processesAndThreads,
  ...locksAndQueues,
  ...poolsAndEventLoops,
  ...jobsAndLanguage,
]);
