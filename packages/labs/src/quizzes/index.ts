/** All predict-first questions, in the order of the areas. */
import { clientItems } from './clients.ts';
import { jobItems, languageItems } from './jobs-and-language.ts';
import { linkItems, modelItems } from './models-and-link.ts';
import { loopItems, poolItems } from './pools-and-loops.ts';
import { processItems } from './processes.ts';
import type { QuizItem } from './quiz.ts';
import { serviceItems } from './services.ts';
import { sharingItems } from './sharing.ts';
import { tcpItems } from './tcp.ts';
import { socketItems, udpItems } from './udp-and-sockets.ts';
import { waitingItems } from './waiting.ts';
import { webItems } from './web.ts';

export const quizItems: readonly QuizItem[] = [
  ...modelItems,
  ...linkItems,
  ...tcpItems,
  ...udpItems,
  ...socketItems,
  ...waitingItems,
  ...serviceItems,
  ...webItems,
  ...clientItems,
  ...processItems,
  ...sharingItems,
  ...poolItems,
  ...loopItems,
  ...jobItems,
  ...languageItems,
];
