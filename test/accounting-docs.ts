import type { EntryDraft } from '../src/ledger/entry';
import type { Posting } from '../src/ledger/posting';
import { minorDigits } from '../src/lending/currency';
import {
  ACCOUNTING,
  type AccountingExample,
  CONTRIBUTION,
  DISTRIBUTION,
  entriesOfExample,
} from './accounting-examples';

const HEAD = `# Accounting: what each command books

Written by \`npm run docs:accounting\` from \`src/ledger/postings\`; a test fails where it is not what they give. Amounts are of
a loan of 12,000.00 USD at 12 % a year, with 10 % tax on interest and fees. [ledger.md](ledger.md) says what the accounts are.
\`principal\`, \`interest\`, \`fees\`, \`penalties\` and \`credit\` are the loan's, \`capital\` is a member's, all others are the
pool's. \`commitments\` and \`commitments_contra\` are memo accounts: no money is in them.
`;

const TAIL = `## Commands that book nothing

Approve; change the rate; move due dates; payment holiday; pause of delinquency; promise to pay; re-amortize; holds; locks. They
change what will be earned, or what is known, and no balance; so do a change of bucket and a default. A re-age, or a reschedule
that capitalizes nothing, books what was earned to the day, if anything.
`;

/** The text of `docs/accounting.md`. */
export function accountingDocs(): string {
  const contribution = section('Contribution', 'The pool has the cash, and owes it to the member as capital.', [
    CONTRIBUTION,
  ]);
  const distribution = section(
    'Distribution',
    'Income that borrowers have paid goes to the members, by what each has put in; `distributions` is set off against income at the end of a year, as drawings are, and capital stays as it is.',
    [DISTRIBUTION],
  );
  const sections = ACCOUNTING.map(({ title, examples }) => [`## ${title}\n`, ...examples.map(shown)].join('\n'));
  return [HEAD, `## Money of members\n\n${contribution}`, distribution, ...sections, TAIL].join('\n');
}

function shown(example: AccountingExample): string {
  return section(example.title, example.why, entriesOfExample(example));
}

function section(title: string, why: string, entries: readonly EntryDraft[]): string {
  const tables = entries.map((entry) => {
    const reversed = 'reverses_key' in entry ? takenBack(entry.reverses_key, entries) : undefined;
    const date = entry.date ?? reversed?.date;
    const about = reversed === undefined ? entry.description : `${entry.description}, reverses \`${reversed.kind}\``;
    return `\`${entry.kind}\` on ${date}: ${about}\n\n${table(postingsOf(entry, entries))}`;
  });
  return [`### ${title}\n\n${why}\n`, ...tables].join('\n');
}

/** An entry's postings; a reversal has those of the entry that it takes back, mirrored. */
export function postingsOf(entry: EntryDraft, entries: readonly EntryDraft[]): readonly Posting[] {
  if ('postings' in entry) return entry.postings;
  return postingsOf(takenBack(entry.reverses_key, entries), entries).map((posting) => ({
    ...posting,
    side: posting.side === 'DEBIT' ? 'CREDIT' : 'DEBIT',
  }));
}

function takenBack(key: string, entries: readonly EntryDraft[]): EntryDraft {
  const entry = entries.find((each) => each.key === key);
  if (entry === undefined) throw new Error(`the example has no entry ${key} to reverse`);
  return entry;
}

function table(postings: readonly Posting[]): string {
  const rows = postings.map(({ account_id, side, amount, currency }) => {
    const code = account_id.split(':')[1] ?? account_id;
    const shown = decimal(amount, minorDigits(currency));
    return side === 'DEBIT' ? `| \`${code}\` | ${shown} | |` : `| \`${code}\` | | ${shown} |`;
  });
  return ['| account | debit | credit |', '|---|---:|---:|', ...rows, ''].join('\n');
}

/** Minor units as readers write them: 1234567 is 12,345.67. */
function decimal(amount: number, digits: number): string {
  const text = String(amount).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${whole}.${text.slice(text.length - digits)}`;
}
