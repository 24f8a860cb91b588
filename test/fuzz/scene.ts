import type { Tenor } from '../../client';

/** What there is for requests to be about. */
export interface Scene {
  /** ids by what they are of; the hooks say which paths and fields take them */
  ids: Readonly<Record<string, readonly string[]>>;
  /** by the last part of a command's path: loans that it can do something to */
  loansFor: Readonly<Record<string, readonly string[]>>;
  /** by loan, what commands name beside it */
  partsOf: Readonly<Record<string, { repayment_id: string; hold_id?: string }>>;
  days: { earlier: string; today: string; later: string };
  /** where webhooks may go */
  receiver: string;
  dialects: {
    /** who borrows by P2P */
    borrower: string;
  };
}

const CURRENCY = 'USD';
const SCHEDULE = { frequency: 'MONTHLY' as const, installments: 12 };
const TERMS = { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' as const };
const AMOUNT = 1_200_000;
const TRANCHES = [{ amount: AMOUNT / 2 }, { amount: AMOUNT / 2 }];
/** Random commands end loans, or change them for good: there are some for each. */
const SPARE = 3;
/** Later two installments are in arrears. */
const DAYS = 65;
const MS_PER_DAY = 86_400_000;

/** Makes some of everything that an operation can be about, in the states that it can be in. */
export async function setTheScene(api: Tenor, receiver: string): Promise<Scene> {
  const endpoints = await times(3, async () => (await api.createWebhookEndpoint({ url: receiver })).id);
  const members = await times(3, () => makeMember(api));
  const [pool, losing, deciding, ...spare] = await Promise.all([
    makePool(api),
    makePool(api),
    makePool(api, true),
    ...many(SPARE, () => makePool(api)),
  ]);
  await Promise.all(
    members.flatMap((member_id) =>
      [pool, losing].map((each) =>
        api.createContribution(each, { member_id, amount: 10_000_000_000, currency: CURRENCY }),
      ),
    ),
  );
  const lending = new Lending(api, pool, members[0] ?? '');
  const loans = await lending.makeLoans(losing);
  const pending = await times(3 * SPARE, () => lending.request({}, deciding));
  const { jobs, batches } = await makeBatch(api, loans.active);
  const { borrower, ...dialects } = await makeDialectLoans(api);
  return {
    ids: {
      ...dialects,
      pools: [pool, losing, deciding],
      members,
      products: await times(2, () => makeProduct(api, pool)),
      loans: [...loans.active, ...loans.approved, ...pending.slice(0, 1)],
      jobs,
      batches,
      entries: idsOf(await api.listLedgerEntries()),
      endpoints,
      events: idsOf(await api.listEvents()),
      keys: await times(3, async () => (await api.createApiKey({ name: 'fuzz', scopes: ['pooledcredit:read'] })).id),
      spare,
    },
    loansFor: { approve: pending, decline: pending, cancel: pending, '{id}': pending, ...loans.loansFor },
    partsOf: loans.partsOf,
    days: { earlier: loans.disbursed, today: loans.today, later: addDays(loans.today, 30) },
    receiver,
    dialects: { borrower },
  };
}

/** Loans of what the sandbox has for its dialects, by state: some that wait for approval, are approved, are paid out. */
async function makeDialectLoans(api: Tenor) {
  const borrower = await makeMember(api);
  await api.changeP2pSettings({ max_active_loans: 1_000 }, { ifMatch: '*' });
  const made = async (
    { pool_id, product_id }: { pool_id: string | null; product_id: string | null },
    loan: { amount: number; schedule?: { every: number } },
  ) => {
    const { currency } = await api.getProduct(product_id ?? '');
    const body = { borrower_id: borrower, product_id: product_id ?? '', currency, ...loan };
    const ids = await times(3 * SPARE, async () => (await api.requestLoan(pool_id ?? '', body)).resource.id);
    const [, approved, paidOut] = [ids.slice(0, SPARE), ids.slice(SPARE), ids.slice(2 * SPARE)];
    await Promise.all(approved.map((id) => api.approveLoan(id)));
    await Promise.all(paidOut.map((id) => api.disburseLoan(id)));
    return ids;
  };
  const tyche = await api.getTycheSettings();
  return {
    borrower,
    p2pLoans: await made(await api.getP2pSettings(), { amount: 50_000_000, schedule: { every: 14 } }),
    tycheLoans: await made(tyche, { amount: 1_000_000 }),
    tycheProducts: [tyche.product_id ?? ''],
  };
}

/** Loans of one borrower from one pool, made by their commands. */
class Lending {
  constructor(
    private readonly api: Tenor,
    private readonly pool: string,
    private readonly borrower: string,
  ) {}

  async request(terms = {}, pool = this.pool): Promise<string> {
    const body = { amount: AMOUNT, currency: CURRENCY, terms: { ...TERMS, ...terms }, schedule: SCHEDULE };
    return (await this.api.requestLoan(pool, { borrower_id: this.borrower, ...body })).resource.id;
  }

  /** @param losing the pool whose loans are lost: another has income that it can distribute */
  async makeLoans(losing: string) {
    const paidOut = async (terms = {}, pool = this.pool) => {
      const id = await this.request(terms, pool);
      await this.api.disburseLoan(id);
      return id;
    };
    const { business_date: disbursed } = await this.api.getSandboxClock();
    // some at a time: a payout that has to wait for too many others fails
    const late = await times(SPARE, paidOut);
    const paying = await times(SPARE, paidOut);
    const drawing = await times(SPARE, () => paidOut({ tranches: TRANCHES }));
    const lost = await times(SPARE, () => paidOut({}, losing));
    const refinanced = await times(SPARE, paidOut);
    const rescheduled = await times(SPARE, paidOut);
    await this.api.advanceSandboxClock({ days: DAYS });
    const { business_date: today } = await this.api.getSandboxClock();
    await Promise.all([
      ...lost.map((id) => this.api.writeOffLoan(id, { reason: 'gone' })),
      ...refinanced.map((id) => this.api.refinanceLoan(id, { schedule: SCHEDULE })),
      ...rescheduled.map((id) => this.api.rescheduleLoan(id, { schedule: SCHEDULE })),
    ]);
    const partsOf: Record<string, { repayment_id: string; hold_id?: string }> = {};
    const repay = async (id: string) =>
      (await this.api.repayLoan(id, { amount: 150_000, currency: CURRENCY, date: today })).id;
    for (const id of paying) partsOf[id] = { repayment_id: await repay(id) };
    for (const id of drawing)
      partsOf[id] = { repayment_id: await repay(id), hold_id: (await this.api.placeHold(id, { amount: 1_000 })).id };
    return {
      active: [...late, ...paying, ...drawing],
      approved: await times(SPARE, () => this.request()),
      loansFor: {
        're-age': late,
        disburse: drawing,
        holds: drawing,
        'release-hold': drawing,
        chargeback: paying,
        'reverse-repayment': paying,
        recover: lost,
        'undo-write-off': lost,
        'undo-refinance': refinanced,
        'undo-reschedule': rescheduled,
      },
      partsOf,
      ...{ disbursed, today },
    };
  }
}

async function makeMember(api: Tenor): Promise<string> {
  const { id } = await api.createMember({ name: 'Ada' });
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT', 'DATA_SHARING'] as const) await api.grantConsent(id, { type });
  return id;
}

async function makePool(api: Tenor, approval_required = false): Promise<string> {
  const credit = { max_exposure: 1_000_000_000 };
  const rules = { max_loan_ratio: 0.6, delinquency_threshold_days: 365, approval_expiry_days: 365 };
  const policies = { ...rules, approval_required, credit };
  return (await api.createCreditPool({ name: 'Pool', currency: CURRENCY, size: 100_000_000_000, policies })).id;
}

async function makeProduct(api: Tenor, pool_id: string): Promise<string> {
  const definition = { currency: CURRENCY, terms: TERMS, schedule: SCHEDULE } as const;
  return (await api.createProduct({ name: 'Standard', pool_id, ...definition })).id;
}

async function makeBatch(api: Tenor, loans: readonly string[]): Promise<{ jobs: string[]; batches: string[] }> {
  const { business_date: date } = await api.getSandboxClock();
  const repayments = loans.map((loan_id) => ({ loan_id, amount: 1_000, currency: CURRENCY, date }) as const);
  const job = await api.repayInBatch({ repayments });
  return { jobs: [job.id], batches: [job.resource.id] };
}

const many = <R>(count: number, make: () => R): R[] => Array.from({ length: count }, () => make());

const times = <R>(count: number, make: () => Promise<R>): Promise<R[]> => Promise.all(many(count, make));

const idsOf = ({ data }: { data: readonly { id: string }[] }): string[] => data.map(({ id }) => id);

const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * MS_PER_DAY).toISOString().slice(0, 10);
