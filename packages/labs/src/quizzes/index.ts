/** All predict-first questions, in the order of the areas. */
import { concurrencyItems } from './concurrency.ts';
import { networkItems } from './network.ts';
import type { QuizItem } from './quiz.ts';
import { transportItems } from './transport.ts';

export const quizItems: readonly QuizItem[] = [...networkItems, ...transportItems, ...concurrencyItems];
