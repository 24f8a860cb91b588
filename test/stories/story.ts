import type { Lockable } from '../../src/lending/commands';
import type { ScheduleTerms } from '../../src/lending/terms';
import type { Verb } from './verbs';

/** How long after its disbursement something happens, or after its request where it is not disbursed at once. */
export interface After {
  months?: number;
  days?: number;
}

/** A field of a request: as JSON, with the date of a day of the story and the id of what an earlier step made. */
export type Said =
  | string
  | number
  | boolean
  | null
  | { on: After }
  | { made: string }
  | readonly Said[]
  | { readonly [field: string]: Said };

export type Body = { readonly [field: string]: Said };

interface Asked {
  /** left out: on the day of the step before */
  after?: After;
  /** the rail's behaviour, told beforehand */
  rail?: 'FAIL';
  /** left out: it is done */
  answers?: 403 | 409 | 422 | 502;
  /** what later steps call what it made */
  as?: string;
}

export type Step =
  | ({ do: Verb; with?: Body } & Asked)
  | ({ do: 'disburse'; with?: Body } & Omit<Asked, 'as'>)
  | ({
      do: 'repay';
      /** minor units; `due`: all that is billed and unpaid; `payoff`: all that is owed */
      amount: number | 'due' | 'payoff';
      /** what that is, in minor units */
      comesTo?: number;
      /** left out: the day it happens on */
      dated?: After;
    } & Omit<Asked, 'rail'>)
  | { do: 'wait'; after: After }
  | { do: 'look'; sees: Seen }
  /** the loan that took the place of another, or that other one: what follows is about it */
  | { do: 'turn to'; loan: 'new' | 'old' }
  /** the lender makes the next version of the product, with these terms */
  | { do: 'change product'; terms: Body };

/** What a reader of the loan is to find; amounts in minor units. */
export interface Seen {
  status?: string;
  bucket?: string | null;
  principal?: number;
  /** earned by today and unpaid */
  interest?: number;
  fees?: number;
  penalties?: number;
  credit?: number;
  /** what settles the loan today */
  payoff?: number;
  /** billed by today and unpaid */
  due?: number;
  /** unpaid installments, those to come included */
  to_pay?: number;
  undrawn?: number;
  /** of what is undrawn, what is held */
  held?: number;
  locks?: Lockable[];
  /** what is promised, and what of it came; null: no promise is open */
  promise?: { amount: number; paid: number } | null;
  charged_off?: boolean;
  written_off?: { amount: number; recovered: number };
}

/** The life of one borrower's loan: data, told by the demo, played by the tests. */
export interface Story {
  name: string;
  title: string;
  /** what the lender asks for of borrowers and of its own people; left out: that a person approves */
  policies?: Body;
  /** made before; the loan is requested by it */
  product?: Body;
  loan: {
    /** minor units of USD */
    amount: number;
    terms?: Body;
    schedule?: Pick<ScheduleTerms, 'frequency' | 'installments'>;
  };
  steps: readonly Step[];
}

/** Approved and disbursed on the same day. */
export const paidOut: readonly Step[] = [{ do: 'approve' }, { do: 'disburse' }];

/** Pays what is due, month by month. */
export const paysMonthly = (count: number, from = 1): Step[] =>
  Array.from(
    { length: count },
    (_, index) => ({ do: 'repay', after: { months: from + index }, amount: 'due' }) as const,
  );

/** Pays what is due on a day, which comes to an amount. */
export const paysDue = (days: number, comesTo: number): Step => ({
  do: 'repay',
  after: { days },
  amount: 'due',
  comesTo,
});

/** Pays what is due, week by week, from the week given: what that comes to each time. */
export const paysWeekly = (week: number, ...amounts: number[]): Step[] =>
  amounts.map((comesTo, index) => paysDue(7 * (week + index), comesTo));

export const looks = (sees: Seen): Step => ({ do: 'look', sees });
export const waits = (days: number): Step => ({ do: 'wait', after: { days } });

/**
 * The terms that most stories are told with: 0.1 % a day on equal parts of the principal.
 *
 * 4,000.00 over four weeks earns 4.00 a day, then 3.00, 2.00 and 1.00: installments of 1,028.00, 1,021.00, 1,014.00 and
 * 1,007.00.
 */
export const TENTH_A_DAY = { rate_bps: 3_600, amortization: 'EQUAL_PRINCIPAL' } as const;

export const FOUR_WEEKS = {
  amount: 400_000,
  terms: TENTH_A_DAY,
  schedule: { frequency: 'WEEKLY', installments: 4 },
} as const satisfies Story['loan'];

/** The same loan with more terms. */
export const fourWeeksWith = (terms: Body): Story['loan'] => ({ ...FOUR_WEEKS, terms: { ...TENTH_A_DAY, ...terms } });

/** All is paid, and nothing too much. */
export const repaid = looks({ status: 'REPAID', bucket: null, payoff: 0, credit: 0 });
