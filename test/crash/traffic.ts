import type { Lender } from './lender';
import {
  type ActiveLoan,
  approvedLoan,
  contribute,
  disburse,
  INSTALLMENTS,
  payAll,
  repay,
  replace,
  type Scene,
} from './loans';

const POOL_SIZE = 9_000_000_000;
const LOAN_AMOUNT = 1_000_000;
const REPAYMENTS = 6;
const TOP_UP = 50_000;
/** Borrowers whose lives are lived side by side, each one call after the other but for the repayments. */
const SIDE_BY_SIDE = 16;
/** How the loans of every so many borrowers end before the money is out, or get it in two tranches. */
const CANCELLED_EVERY = 9;
const LEFT_APPROVED_EVERY = 11;
const IN_TRANCHES_EVERY = 4;

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
    const amount = LOAN_AMOUNT + number;
    if (number % CANCELLED_EVERY === 0) return cancelled(lender, await approvedLoan(lender, scene, amount));
    if (number % LEFT_APPROVED_EVERY === 0) return void (await approvedLoan(lender, scene, amount));
    const tranches = number % IN_TRANCHES_EVERY === 0 ? [LOAN_AMOUNT, number] : [];
    const loan = await approvedLoan(lender, scene, amount, tranches);
    const date = await disburse(lender, loan);
    if (tranches.length > 0) await disburse(lender, loan);
    const paid = await Promise.all(
      Array.from({ length: REPAYMENTS }, (_, n) =>
        repay(lender, loan, { amount: 1_000 * (n + 1) + number, date, reference: `R${n}` }),
      ),
    );
    await contribute(lender, scene, number);
    // under a new key the same bank reference is the same money
    const again = { amount: 1_000 + number, currency: 'USD', date, reference: 'R0' };
    await lender.post(`/loans/${loan}/repay`, again, 409);
    await FURTHER_LIVES[number % FURTHER_LIVES.length]?.(lender, { loan, date }, paid);
  }
}

async function cancelled(lender: Lender, loan: string): Promise<void> {
  await lender.post(`/loans/${loan}/cancel`, {}, 200);
}

/** How loans go on whose first repayments are in. */
const FURTHER_LIVES: readonly ((lender: Lender, of: ActiveLoan, paid: readonly string[]) => Promise<void>)[] = [
  async () => undefined,
  // a repayment in the middle bounces
  async (lender, { loan }, [, , third = '']) => bounces(lender, loan, third),
  // the repayment that ended the loan bounces
  async (lender, { loan, date }) => bounces(lender, loan, await payAll(lender, loan, date)),
  // the borrower pays too much, and gets it back
  async (lender, { loan, date }) => {
    await payAll(lender, loan, date);
    await lender.post(`/loans/${loan}/refund`, {}, 201);
  },
  async (lender, { loan, date }) => {
    await repay(lender, await replace(lender, loan), { amount: 5_000, date });
  },
  async (lender, { loan, date }) => {
    await replace(lender, loan);
    await lender.post(`/loans/${loan}/undo-reschedule`, {}, 200);
    await repay(lender, loan, { amount: 5_000, date });
  },
  async (lender, { loan, date }) => {
    const body = { schedule: INSTALLMENTS, top_up: TOP_UP, new_loan: true };
    const { successor } = (await lender.post<{ successor: string }>(`/loans/${loan}/refinance`, body, 200)).body;
    await repay(lender, successor, { amount: 5_000, date });
  },
];

async function bounces(lender: Lender, loan: string, repayment_id: string): Promise<void> {
  await lender.post(`/loans/${loan}/reverse-repayment`, { repayment_id, reason: 'no funds' }, 200);
}
