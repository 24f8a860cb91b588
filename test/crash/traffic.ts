import type { Lender } from './lender';

export interface Scene {
  pool: string;
  investor: string;
}

const POOL_SIZE = 9_000_000_000;
const LOAN_AMOUNT = 1_000_000;
const REPAYMENTS = 6;
/** Borrowers whose lives are lived side by side, each one call after the other but for the repayments. */
const SIDE_BY_SIDE = 16;
/** How the loans of every so many borrowers end before the money is out. */
const CANCELLED_EVERY = 9;
const LEFT_APPROVED_EVERY = 11;

/** A pool with enough money in it for as many loans as a run can make. */
export async function setTheScene(lender: Lender): Promise<Scene> {
  const policies = { max_loan_ratio: 0.1, delinquency_threshold_days: 30, approval_required: true };
  const body = { name: 'Crash pool', currency: 'USD', size: POOL_SIZE, policies };
  const pool = (await lender.post<{ id: string }>('/creditpools', body, 201)).body.id;
  const investor = (await lender.post<{ id: string }>('/members', { name: 'Investor', type: 'COMPANY' }, 201)).body.id;
  const scene = { pool, investor };
  await contribute(lender, scene, POOL_SIZE);
  return scene;
}

/** Borrowers who keep coming until they are told to stop. */
export class Traffic {
  lives = 0;
  private isOn = true;
  private readonly running: Promise<void>[];

  constructor(
    private readonly lender: Lender,
    private readonly scene: Scene,
  ) {
    this.running = Array.from({ length: SIDE_BY_SIDE }, () => this.keepComing());
  }

  /** No new borrowers; waits until those that came have lived their lives. */
  async end(): Promise<void> {
    this.isOn = false;
    await Promise.all(this.running);
  }

  private async keepComing(): Promise<void> {
    while (this.isOn) {
      this.lives += 1;
      // what went wrong is in the lender's book; the next borrower comes all the same
      await this.live(this.lives).catch(() => undefined);
    }
  }

  private async live(number: number): Promise<void> {
    const { lender, scene } = this;
    const loan = await approvedLoan(lender, scene, LOAN_AMOUNT + number);
    if (number % CANCELLED_EVERY === 0) return void (await lender.post(`/loans/${loan}/cancel`, {}, 200));
    if (number % LEFT_APPROVED_EVERY === 0) return;
    const { date } = (await lender.post<{ date: string }>(`/loans/${loan}/disburse`, {}, 201)).body;
    await Promise.all([
      contribute(lender, scene, number),
      ...Array.from({ length: REPAYMENTS }, (_, n) => this.repay(loan, 1_000 * (n + 1) + number, date, `R${n}`)),
    ]);
    // under a new key the same bank reference is the same money
    const again = { amount: 1_000 + number, currency: 'USD', date, reference: 'R0' };
    await lender.post(`/loans/${loan}/repay`, again, 409);
  }

  private async repay(loan: string, amount: number, date: string, reference: string): Promise<void> {
    await this.lender.post(`/loans/${loan}/repay`, { amount, currency: 'USD', date, reference }, 201);
  }
}

/** A borrower who agrees to everything, with a loan that waits to be paid out; answers the loan's id. */
export async function approvedLoan(lender: Lender, { pool }: Scene, amount: number): Promise<string> {
  const { id } = (await lender.post<{ id: string }>('/members', { name: 'Borrower' }, 201)).body;
  for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await lender.post(`/members/${id}/consents`, { type }, 201);
  const request = {
    borrower_id: id,
    amount,
    currency: 'USD',
    terms: { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
    schedule: { frequency: 'MONTHLY', installments: 12 },
  };
  const job = await lender.post<{ resource: { id: string } }>(`/creditpools/${pool}/loans`, request, 202);
  const loan = job.body.resource.id;
  await lender.post(`/loans/${loan}/approve`, {}, 200);
  return loan;
}

async function contribute(lender: Lender, { pool, investor }: Scene, amount: number): Promise<void> {
  const body = { member_id: investor, amount, currency: 'USD' };
  await lender.post(`/creditpools/${pool}/contributions`, body, 201);
}
