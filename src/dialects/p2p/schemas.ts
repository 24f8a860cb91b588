import { z } from 'zod';
import { instant, wholeNumber } from '../../api/fields';
import { MAX_EXTENSION_DAYS } from '../../lending/terms';
import { STATUSES } from './status';
import { restrictions } from './surface';

/** As the list's document has it, and no more than are quick to work out. */
const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
/** More loans than a member can have. */
const MAX_OFFSET = 1_000_000;
const MAX_TEXT = 500;
/** A year: which terms there are, the product says. */
const MAX_DURATION_DAYS = 366;

/** Major units in a request. */
const asked = z.number().gt(0).meta({ description: 'Major units, such as 51.35 USDC.', example: 50 });
/** Major units in an answer: any sum that the books can hold. */
const told = z.number().meta({ description: 'Major units.' });
const freeText = z.string().trim().max(MAX_TEXT).nullish();

export const newLoan = z
  .object({
    amount: asked,
    duration: z.int().min(1).max(MAX_DURATION_DAYS).meta({ description: 'Days.', example: 14 }),
    purpose: freeText.meta({ example: 'Emergency expense' }),
  })
  .meta({ id: 'NewLoan' });

export const repayment = z.object({ amount: asked }).meta({ id: 'Repayment' });

export const extension = z
  .object({
    days: z.int().min(1).max(MAX_EXTENSION_DAYS).meta({ example: 7 }),
    reason: freeText.meta({ example: 'Medical emergency' }),
  })
  .meta({ id: 'Extension' });

export const page = z.object({
  status: z.enum(STATUSES).optional().meta({ description: 'Default: any.' }),
  limit: wholeNumber(1, MAX_PAGE)
    .default(DEFAULT_PAGE)
    .meta({ description: `1 to ${MAX_PAGE}, default ${DEFAULT_PAGE}.` }),
  offset: wholeNumber(0, MAX_OFFSET).default(0).meta({ description: 'How many of the newest to leave out.' }),
});

export const loan = z
  .strictObject({
    id: z.string(),
    amount: told,
    netAmount: told.meta({ description: 'What is paid out: the amount less the fees that are deducted.' }),
    duration: z
      .int()
      .meta({ description: 'Days from the payout, or until then from the request, to the last due date.' }),
    purpose: z.string().nullable(),
    status: z.enum(STATUSES),
    interest: told.meta({ description: 'In all, at the terms and payments so far.' }),
    totalDue: told.meta({ description: 'totalPaid and remaining.' }),
    totalPaid: told,
    remaining: told.meta({ description: 'What is still to be paid.' }),
    dueDate: z.string().nullable().meta({ format: 'date', description: 'null: its money is not out.' }),
    createdAt: instant,
    fundedAt: instant.nullable(),
    repaidAt: instant.nullable(),
  })
  .meta({ id: 'Loan' });

export const loans = z.strictObject({
  loans: z.array(loan),
  total: z.int().meta({ description: 'How many there are on all pages.' }),
  limit: z.int(),
  offset: z.int(),
});

export const eligibility = z
  .strictObject({
    eligible: z.boolean(),
    trustScore: z.int().min(0).max(100),
    maxAmount: told.meta({ description: 'The most for one loan.' }),
    activeLoans: z.int().meta({ description: 'Loans that are requested, or owed.' }),
    maxLoans: z.int(),
    restrictions,
  })
  .meta({ id: 'Eligibility' });

export const payoff = z
  .strictObject({
    payoffAmount: told.meta({ description: 'What settles the loan today.' }),
    interestSaved: told.meta({ description: 'Of what the loan would ask for until its due date.' }),
    validUntil: instant,
  })
  .meta({ id: 'Payoff' });
