import { z } from 'zod';
import { currencyCode, day, instant, text } from '../../api/fields';
import { accountNumber } from '../../api/schemas/loan';
import { amount, date, givenId, maybe, money, nothing, percent, units } from './fields';

export const HOLDER_TYPES = ['clients', 'companies'] as const;
export const STATES = ['PENDING', 'APPROVED', 'DECLINED', 'ACTIVE', 'CLOSED', 'WRITTENOFF'] as const;
/** Spelled as the document does: clients compare. */
export const RISK_STATES = ['PERFOMRING', 'WATCHLIST', 'SUBSTANDARD', 'DOUBTFUL', 'LOST'] as const;
export const ROW_STATES = ['PENDING', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'WRITTENOFF'] as const;

/** That of native comments and reasons. */
const MAX_COMMENT = 500;

export const newLoan = z
  .object({
    loanProductId: givenId,
    name: text,
    amount,
    interestRate: maybe(percent).meta({ description: "Percent a year; default: the product's." }),
    moratorium: maybe(units.min(0)).meta({
      description: "Time at the beginning in which nothing is paid; default: the product's.",
    }),
    tenure: maybe(units.min(1)).meta({ description: "In the product's unit; default: the product's." }),
    accountHolder: givenId,
    accountHolderType: z.enum(HOLDER_TYPES),
    loanApplicationDate: maybe(date).meta({ description: 'Not after today. It is not kept.' }),
  })
  .meta({ id: 'NewLoan' });

export const decision = z
  .object({ state: z.enum(['APPROVED', 'DECLINED']), comment: maybe(z.string().trim().max(MAX_COMMENT)) })
  .meta({ id: 'Decision' });

const holderType = z.enum(HOLDER_TYPES);
const state = z.enum(STATES);
const status = z.enum(['active', 'inactive']);
const riskState = z.enum(RISK_STATES);
const customData = z.strictObject({});

export const balances = z
  .strictObject({
    totalAccruedFees: money,
    totalAccruedPenalty: money,
    totalAccruedinterest: money,
    totalPrincipalBalance: money,
  })
  .meta({ id: 'Balances' });

const dates = {
  writtenOffDate: instant.nullable(),
  approvedDate: instant.nullable(),
  disbursedDate: instant.nullable(),
  declinedDate: instant.nullable(),
  nextRepaymentDate: day.nullable(),
  lastRepaymentDate: day.nullable(),
};

const holder = {
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  clientkey: z.string().nullable(),
  name: z.string().nullable(),
  accountholdername: z.string().nullable(),
  companykey: z.string().nullable(),
  loanproductname: z.string().nullable(),
  currency: currencyCode,
};

const createdAndUpdated = { created_at: instant, updated_at: instant };

/** A loan that was just created; the fields are in the document's order. */
export const createdLoan = z
  .strictObject({
    organizationId: z.string(),
    accountHolderType: holderType,
    loanName: z.string().nullable(),
    amount: money,
    accountNumber,
    accountHolder: z.string(),
    interestRate: percent,
    moratorium: units,
    tenure: units,
    tranches: nothing,
    state,
    customData,
    document: nothing,
    depositAccount: nothing,
    loanProductId: z.string().nullable(),
    balances,
    gracePeriod: nothing,
    riskState: nothing,
    comment: z.string().nullable(),
    ...dates,
    id: z.string(),
    totalDue: money,
    totalPaid: money,
    status,
    ...createdAndUpdated,
  })
  .meta({ id: 'CreatedLoan' });

/** A loan in the list. */
export const listedLoan = z
  .strictObject({
    id: z.string(),
    organizationId: z.string(),
    loanName: z.string().nullable(),
    loanProductId: z.string().nullable(),
    amount: money,
    totalDue: money,
    totalPaid: money,
    accountNumber,
    accountHolderType: holderType,
    accountHolder: z.string(),
    tenure: units,
    customData,
    document: nothing,
    tranches: nothing,
    status,
    state,
    riskState,
    ...createdAndUpdated,
    ...holder,
  })
  .meta({ id: 'ListedLoan' });

/** A loan by itself: the document's fields, then those that only its answer to the creation has. */
export const loan = z
  .strictObject({
    id: z.string(),
    organizationId: z.string(),
    loanName: z.string().nullable(),
    loanProductId: z.string().nullable(),
    amount: money,
    totalDue: money,
    totalPaid: money,
    interestRate: percent,
    gracePeriod: nothing,
    accountNumber,
    accountHolder: z.string(),
    accountHolderType: holderType,
    tenure: units,
    customData,
    balances,
    tranches: nothing,
    status,
    document: nothing,
    state,
    riskState,
    comment: z.string().nullable(),
    ...createdAndUpdated,
    ...holder,
    moratorium: units,
    depositAccount: nothing,
    ...dates,
  })
  .meta({ id: 'Loan' });

/** An installment. */
export const row = z
  .strictObject({
    id: z.string(),
    loanId: z.string(),
    principal: money,
    interest: money,
    fee: money,
    penalty: money,
    totalDue: money,
    totalPaid: money,
    state: z.enum(ROW_STATES),
    dueDate: day,
    ...createdAndUpdated,
  })
  .meta({ id: 'Repayment' });
