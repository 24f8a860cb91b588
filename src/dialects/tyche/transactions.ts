import { z } from 'zod';
import { type Said, send } from '../../api/loans/command';
import { type LoanRow, listLoansAt, listTransactionsAt, type TransactionRow } from '../../api/loans/loans';
import { requireTopUp } from '../../api/loans/top-up';
import { showTransaction } from '../../api/loans/view';
import { ok, operation, type TenantContext, type TenantOperation } from '../../api/operation';
import { fieldProblem, Problem, type ProblemSlug } from '../../api/problem';
import { okOf } from '../../api/routes/answers';
import { accountNumber } from '../../api/schemas/loan';
import { payoffOn, scheduleOn } from '../../lending/statement';
import type { Violation } from '../../tenancy/refusal';
import type { Tenant } from '../../tenancy/tenant';
import { majorOf, minorOf } from '../amounts';
import { getSettings } from '../settings';
import { uuidOf } from '../uuid';
import { inWords, type Words } from '../words';
import { doneOf } from './fields';
import { findLoan } from './known';
import { loanParams } from './loans';
import { pageOf, pagination, paginationOf, paging } from './pages';
import { bpsOf, RATE_RANGE } from './rate';
import { tycheSettings } from './settings';
import { surface } from './surface';
import { installmentsOf, tenureSentences } from './tenure';
import { disbursement, payment, topUp, transaction, writeOff } from './transaction-schemas';

const BASE = `${surface.base}/v1/loans`;
const FOUND = 'Transactions fetched successfully';
const WRITTEN_OFF = 'written off by the lender';

/** The list, which comes before `/loans/{loanId}`: that would take its address for its own. */
export const transactionList: readonly TenantOperation[] = [
  operation({
    id: 'tycheListTransactions',
    method: 'get',
    path: `${BASE}/transactions`,
    summary: 'Get loan transactions, the latest recorded first.',
    tag: 'Loans',
    scope: 'pooledcredit:read',
    surface,
    query: z.object({ accountNumber: accountNumber.meta({ description: "The loan's." }), ...paging }),
    answers: okOf(
      z.strictObject({
        status: z.literal('success'),
        message: z.literal(FOUND),
        data: z.array(transaction),
        pagination,
      }),
    ),
    problems: ['not-found'],
    handle: async ({ tenant, principal }, { query }) => {
      const account_number = query.accountNumber;
      const [loan] = (await listLoansAt(tenant, principal, { account_number }, { limit: 1, offset: 0 })).rows;
      if (loan === undefined)
        throw new Problem('not-found', `There is no loan with the account number ${account_number}.`);
      const { rows, total } = await listTransactionsAt(tenant, loan, pageOf(query));
      const data = rows.map((row) => showMovement(row, loan));
      return ok({ status: 'success', message: FOUND, data, pagination: paginationOf(query, total) });
    },
  }),
];

function showMovement(row: TransactionRow, { id, account_number, currency }: LoanRow): z.input<typeof transaction> {
  const { txn_id, type, amount, date, allocation, reversed, recorded_at } = showTransaction(row, currency);
  const part = (minor = 0): number => majorOf(minor, currency);
  return {
    id: uuidOf(txn_id),
    loanId: uuidOf(id),
    accountNumber: account_number,
    type,
    amount: part(amount),
    principal: part(allocation?.principal),
    interest: part(allocation?.interest),
    fee: part(allocation?.fees),
    penalty: part(allocation?.penalties),
    reversed,
    transactionDate: date,
    created_at: recorded_at,
  };
}

interface Acts<B extends z.ZodType> {
  /** the operation's */
  id: string;
  verb: string;
  summary: string;
  body: B;
  /** what is answered once it is done */
  message: string;
  problems?: readonly ProblemSlug[];
  act: (context: TenantContext, loan: LoanRow, said: z.output<B>) => Promise<unknown>;
}

/** Something that is done with a loan, and answered by a sentence. */
function acts<B extends z.ZodType>({ id, verb, summary, body, message, problems = [], act }: Acts<B>): TenantOperation {
  return operation({
    id,
    method: 'post',
    path: `${BASE}/transaction/{loanId}/${verb}`,
    summary,
    tag: 'Loans',
    scope: 'loans:write',
    idempotent: 'optional',
    surface,
    params: loanParams,
    body,
    answers: okOf(doneOf(message)),
    problems: ['invalid-state', ...problems],
    handle: async (context, { params: { loanId }, body: said }) => {
      await act(context, await findLoan(context, loanId), said);
      return ok({ responseCode: '00', message });
    },
  });
}

type Payment = z.output<typeof payment>;
type HowPaid = Omit<Said<'repay'>, 'amount' | 'currency'>;

/** Repays a loan natively, by its own terms or by others that this repayment is made with. */
async function repay(context: TenantContext, loan: LoanRow, said: Payment, how: HowPaid = {}): Promise<void> {
  const { currency } = loan;
  await requireChannel(context.tenant, said.channel);
  const amount = minorOf(said.amount, currency, '/amount');
  await inWords(
    () => wordsOfPayment(context.tenant, loan),
    () => send(context, loan, 'repay', { amount, currency, ...how }),
  );
}

async function wordsOfPayment(tenant: Tenant, { state, currency }: LoanRow): Promise<Words> {
  const payoff = majorOf(payoffOn(state, await tenant.today()).total, currency);
  const sentences: Readonly<Record<string, string>> = {
    'not-the-payoff': `must be exactly what settles the loan today: ${payoff} ${currency}`,
    'above-payoff': `must not be more than what settles the loan today: ${payoff} ${currency}`,
    'not-recastable': `must be more than what is due, and leave principal: the loan is settled today by ${payoff} ${currency}`,
    'above-due': `must be what is due, or what settles the loan today: ${payoff} ${currency}`,
  };
  return { fields: {}, say: ({ code }) => sentences[code] };
}

async function requireChannel(tenant: Tenant, channel: string | undefined): Promise<void> {
  if (channel === undefined) return;
  const { channels } = await getSettings(tenant, tycheSettings);
  if (channels.includes(channel)) return;
  const known = channels.length === 0 ? 'there is none yet' : channels.join(', ');
  throw fieldProblem('/channel', 'not-allowed', `must be a channel that the lender has set up: ${known}`);
}

async function lendMore(context: TenantContext, loan: LoanRow, said: z.output<typeof topUp>): Promise<void> {
  const { currency, state } = loan;
  const { frequency, every } = state.contract.schedule;
  const { interest, tenure, firstRepaymentDate: first_due_date } = said;
  const amount = minorOf(said.amount, currency, '/amount');
  const rate = interest === undefined ? {} : { terms: { rate_bps: bpsOf(interest, '/interest') } };
  const today = await context.tenant.today();
  const left = Math.max(scheduleOn(state, [], today).installments.length, 1);
  const installments = tenure === undefined ? left : installmentsOf(tenure, every, '/tenure');
  const schedule = { frequency, every, installments, ...(first_due_date === undefined ? {} : { first_due_date }) };
  const sentences: Readonly<Record<string, string>> = {
    '/terms/rate_bps out-of-range': RATE_RANGE,
    ...tenureSentences(every),
  };
  const say = ({ pointer, code }: Violation) => sentences[`${pointer} ${code}`];
  await inWords({ fields: TOP_UP_FIELDS, currency, say }, async () => {
    await requireTopUp(context, loan, amount);
    await send(context, loan, 'refinance', { ...rate, schedule, top_up: amount });
  });
}

const TOP_UP_FIELDS: Words['fields'] = {
  '/top_up': 'amount',
  '/terms/rate_bps': 'interest',
  '/schedule': 'tenure',
  '/schedule/first_due_date': 'firstRepaymentDate',
};

type Disbursement = z.output<typeof disbursement>;

async function disburse(context: TenantContext, loan: LoanRow, said: Disbursement): Promise<void> {
  const { narration = '', changeFirstRepaymentDate, firstRepaymentDate, disburseDate } = said;
  await requireChannel(context.tenant, said.channel);
  const destination = destinationOf(said);
  const moves = changeFirstRepaymentDate && firstRepaymentDate !== undefined;
  const command = {
    ...(destination === undefined ? {} : { destination }),
    ...(narration === '' ? {} : { reference: narration }),
    ...(disburseDate === undefined ? {} : { date: disburseDate }),
    ...(moves ? { first_due_date: firstRepaymentDate } : {}),
  };
  await inWords({ ...DISBURSEMENT, currency: loan.currency }, () => send(context, loan, 'disburse', command));
}

/** An account at the lender itself is named by the channel that reaches it. */
function destinationOf({ type, accountNumber: account, channel }: Disbursement): string | undefined {
  if (type === 'INTERNAL') return `${channel}/${account}`;
  return account === '' ? undefined : account;
}

const DISBURSEMENT: Words = { fields: { '/date': 'disburseDate', '/first_due_date': 'firstRepaymentDate' } };

/** Money that comes and goes on a loan. */
export const transactionOperations: readonly TenantOperation[] = [
  acts({
    id: 'tycheRepayLoan',
    verb: 'repay',
    summary: 'Repay loan.',
    body: payment,
    message: 'loan repayment successful',
    act: repay,
  }),
  acts({
    id: 'tychePayOffLoan',
    verb: 'payoff',
    summary: 'Loan payoff: the amount is exactly what settles it.',
    body: payment,
    message: 'loan payoff successful',
    act: (context, loan, said) => repay(context, loan, said, { settle: true }),
  }),
  acts({
    id: 'tycheLiquidateLoan',
    verb: 'liquidate',
    summary:
      'Liquidate loan: principal is repaid early, and the installments to come are computed anew for what is left.',
    body: payment,
    message: 'loan liquidate succesfull',
    act: (context, loan, said) => repay(context, loan, said, { recast: true, overpayment: 'PAY_AHEAD' }),
  }),
  acts({
    id: 'tycheWriteOffLoan',
    verb: 'writeoff',
    summary: 'Loan write-off, of all that is owed or a part of it.',
    body: writeOff,
    message: 'loan writeoff successful',
    act: async (context, loan, said) => {
      const amount = minorOf(said.amount, loan.currency, '/amount');
      const words = { fields: {}, say: () => 'must not be more than what the loan owes' };
      await inWords(words, () => send(context, loan, 'writeOff', { amount, reason: WRITTEN_OFF }));
    },
  }),
  acts({
    id: 'tycheTopUpLoan',
    verb: 'topup',
    summary: 'Loan topup: what is owed and the amount are lent anew.',
    body: topUp,
    message: 'Loan topup succesfull',
    problems: [
      ...(['consent-required', 'not-eligible', 'borrower-delinquent'] as const),
      ...(['pool-policy', 'over-allocation', 'insufficient-funds', 'payout-failed'] as const),
    ],
    act: lendMore,
  }),
  acts({
    id: 'tycheDisburseLoan',
    verb: 'disburse',
    summary: 'Disburse loan.',
    body: disbursement,
    message: 'Loan disbursed succesfully',
    problems: ['insufficient-funds', 'payout-failed'],
    act: disburse,
  }),
];
