/** `netarium ask`: the answer to one of the notes' questions, its trap, its claims, and the lab that shows it. */
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { type LabsAbout, labsAbout } from '@netarium/labs/questions/labs-about.ts';
import { claims, type Question, questions } from '@netarium/labs/questions/questions.ts';
import { tableIn } from '@netarium/labs/questions/tables.ts';
import { textIn } from '@netarium/view/language.ts';
import { findQuestions } from '@netarium/view/questions/search.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { textWidth } from '../output/report.ts';
import { paragraph } from '../output/table.ts';

/** How many further questions are offered. */
const OTHERS_MAX = 5;

export async function askCommand(
  words: readonly string[],
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const query = words.join(' ');
  const found = findQuestions(query, questions);
  const [best] = found;
  if (best === undefined) {
    if (options.json === true) io.out('[]');
    else io.err(io.m.errors.noAnswer(query));
    return EXIT.notJudged;
  }
  // A number may stand in both parts of the notes: then each question is answered.
  const isNumber = /^\D*\d+\D*$/.test(query) && found.every(({ score }) => score === 1);
  const answered = (isNumber ? found : [best]).map(({ question }) => question);
  const labsOf = labsAbout(await Promise.all([...catalogue.values()].map((load) => load())));
  if (options.json === true)
    io.out(
      JSON.stringify(
        answered.map((question) => documentOf(question, labsOf, io)),
        undefined,
        2,
      ),
    );
  else {
    answered.forEach((question, i) => {
      if (i > 0) io.out('');
      tell(question, labsOf, io);
    });
    offer(
      found.slice(answered.length, answered.length + OTHERS_MAX).map(({ question }) => question),
      io,
    );
  }
  return EXIT.met;
}

function documentOf(question: Question, labsOf: LabsAbout, { language }: Io): object {
  const { id, numbers, rows } = question;
  const about = question.claims.flatMap((claim) => claims.get(claim) ?? []);
  return {
    id,
    numbers,
    question: textIn(question.question, language),
    answer: textIn(question.answer, language),
    use: textIn(question.use, language),
    trap: textIn(question.trap, language),
    table: question.table && tableIn(question.table, language),
    listings: question.listings.map(({ title, language: written, text }) => ({
      title: textIn(title, language),
      language: written,
      text: textIn(text, language),
    })),
    atWork: textIn(question.atWork, language),
    next: question.next.map((follow) => ({
      question: textIn(follow.question, language),
      answer: textIn(follow.answer, language),
    })),
    claims: about.map((claim) => ({ id: claim.id, verdict: claim.verdict, claim: textIn(claim.claim, language) })),
    rows,
    labs: labsOf(question),
  };
}

function tell(question: Question, labsOf: LabsAbout, io: Io): void {
  const { m, colors, language, out } = io;
  const width = textWidth(io);
  const part = (title: string, text: string): void => {
    out(`\n${colors.bold(title)}`);
    for (const line of paragraph(text, width, 2)) out(line);
  };
  out(colors.dim(m.ask.heading(question.id, question.numbers.join(m.book.also))));
  for (const line of paragraph(textIn(question.question, language), width)) out(colors.bold(line));
  part(m.ask.answer, textIn(question.answer, language));
  tellTable(question, io);
  tellListings(question, io);
  part(m.ask.trap, textIn(question.trap, language));
  part(m.ask.use, textIn(question.use, language));
  part(m.ask.atWork, typed(textIn(question.atWork, language)));
  out(`\n${colors.bold(m.ask.next)}`);
  for (const follow of question.next) {
    for (const line of paragraph(typed(textIn(follow.question, language)), width, 2)) out(line);
    for (const line of paragraph(typed(textIn(follow.answer, language)), width, 4)) out(colors.dim(line));
  }
  tellClaims(question, io);
  out(`\n${colors.bold(m.ask.seeIt)}`);
  const shown = labsOf(question);
  if (shown.length === 0) out(`  ${m.ask.noLab}`);
  for (const lab of shown) out(`  ${colors.cyan(m.ask.command(lab))}   ${colors.dim(m.ask.page(lab))}`);
}

/** Backticks mark what is typed; in a terminal it needs no mark. */
const typed = (text: string): string => text.replaceAll('`', '');

/** A row's name, and under it each other column's head and cell: as wide as it may be, it fits every terminal. */
function tellTable({ table }: Question, io: Io): void {
  if (table === undefined) return;
  const { colors, language, out } = io;
  const { head: heads, rows } = tableIn(table, language);
  out('');
  for (const [name = '', ...cells] of rows) {
    out(`  ${colors.bold(name)}`);
    for (const [column, said] of cells.entries()) {
      const head = heads[column + 1]!;
      if (said === '') continue;
      for (const line of paragraph(head === '' ? said : `${head}: ${said}`, textWidth(io), 4)) out(line);
    }
  }
}

function tellListings({ listings }: Question, { colors, language, out }: Io): void {
  for (const { title, text } of listings) {
    out(`\n  ${colors.bold(textIn(title, language))}`);
    for (const line of textIn(text, language).split('\n')) out(`    ${line}`.trimEnd());
  }
}

function tellClaims(question: Question, io: Io): void {
  const { m, colors, language, out } = io;
  const about = question.claims.flatMap((id) => claims.get(id) ?? []);
  if (about.length === 0) return;
  out(`\n${colors.bold(m.ask.claims)}`);
  const paint = { true: colors.green, false: colors.red, depends: colors.yellow } as Record<
    string,
    (text: string) => string
  >;
  for (const { id, verdict, claim, truth } of about) {
    const [first, ...more] = paragraph(textIn(claim, language), textWidth(io), 8);
    out(
      `  ${colors.dim(id)}  ${first!.trimStart()}  ${(paint[verdict] ?? String)(`(${m.ask.claimVerdicts[verdict] ?? verdict})`)}`,
    );
    for (const line of more) out(line);
    if (verdict === 'true') continue;
    for (const line of paragraph(textIn(truth, language), textWidth(io), 8)) out(colors.dim(line));
  }
}

function offer(others: readonly Question[], { m, colors, language, out }: Io): void {
  if (others.length === 0) return;
  out(`\n${colors.bold(m.ask.others)}`);
  for (const { id, question } of others) out(`  ${colors.dim(id)}  ${textIn(question, language)}`);
}
