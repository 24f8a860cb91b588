import { addDays, addMonths, type BusinessDate } from '../../src/lending/calendar';
import type { ApiClient } from './client';
import type { After, Seen, Step, Story } from './stories';

interface Loan {
  id: string;
  status: string;
  balances: { principal: number; penalties: number; credit: number; payoff: number };
  delinquency: { bucket: string; past_due_amount: number } | null;
}

interface Installment {
  due_date: BusinessDate;
  due: number;
  paid: number;
}

/** Plays stories through the API on the sandbox clock, and tells what happens line by line. */
export class Teller {
  private constructor(
    private readonly api: ApiClient,
    private readonly pool: string,
    private readonly tell: (line: string) => void,
  ) {}

  /** Sets up a pool with money in it. */
  static async begin(api: ApiClient, tell: (line: string) => void): Promise<Teller> {
    const policies = { max_loan_ratio: 0.5, delinquency_threshold_days: 30, approval_required: true };
    const pool = await api.post<{ id: string }>('/creditpools', {
      name: 'Story pool',
      currency: 'USD',
      size: 50_000_000,
      policies,
    });
    const lender = await api.post<{ id: string }>('/members', { name: 'The lender', type: 'COMPANY' });
    await api.post(`/creditpools/${pool.id}/contributions`, {
      member_id: lender.id,
      amount: 50_000_000,
      currency: 'USD',
    });
    return new Teller(api, pool.id, tell);
  }

  /** Answers the loan's id. @throws Error where the loan is not what the story says it is */
  async play(story: Story): Promise<string> {
    this.tell(`A borrower ${story.title}.`);
    const loan = await this.request(story);
    let disbursedOn = '';
    for (const step of story.steps) {
      if (step.do === 'disburse') disbursedOn = await this.disburse(loan, step);
      else if (step.do === 'look') await this.look(loan, step.sees);
      else await this.later(loan, step, dateAfter(disbursedOn, step.after));
    }
    return loan;
  }

  private async request({ loan }: Story): Promise<string> {
    const borrower = await this.api.post<{ id: string }>('/members', { name: 'A borrower' });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'])
      await this.api.post(`/members/${borrower.id}/consents`, { type });
    const path = `/creditpools/${this.pool}/loans`;
    const body = { borrower_id: borrower.id, currency: 'USD', ...loan };
    const job = await this.api.post<{ resource: { id: string } }>(path, body, 202);
    const { id } = job.resource;
    await this.api.post(`/loans/${id}/approve`, {}, 200);
    this.line(await this.today(), `asks for ${money(loan.amount)} over ${loan.schedule.installments} months; approved`);
    return id;
  }

  private async disburse(id: string, step: Extract<Step, { do: 'disburse' }>): Promise<BusinessDate> {
    if (step.rail !== undefined) await this.api.post('/sandbox/payouts', { next: step.rail }, 201);
    const { status } = await this.api.send('POST', `/loans/${id}/disburse`, {});
    if (status !== step.answers) throw new Error(`the disbursement answered ${status}, not ${step.answers}`);
    const today = await this.today();
    this.line(
      today,
      status === 201 ? 'gets the money' : 'the payout fails: the books are as before, and the loan is approved again',
    );
    return today;
  }

  private async later(id: string, step: Exclude<Step, { do: 'disburse' | 'look' }>, date: BusinessDate): Promise<void> {
    if (date > (await this.today())) await this.api.post('/sandbox/clock/advance', { to: date }, 200);
    if (step.do === 'repay') {
      const amount = typeof step.amount === 'number' ? step.amount : await this.owed(id, step.amount, date);
      await this.api.post(`/loans/${id}/repay`, { amount, currency: 'USD', date });
      this.line(date, `pays ${money(amount)}`);
    }
    if (step.do === 'write off') {
      await this.api.post(`/loans/${id}/write-off`, { reason: step.reason }, 200);
      this.line(date, `is written off: ${step.reason}`);
    }
  }

  private async owed(id: string, what: 'due' | 'payoff', date: BusinessDate): Promise<number> {
    if (what === 'payoff') return (await this.loan(id)).balances.payoff;
    const { installments } = await this.api.get<{ installments: Installment[] }>(`/loans/${id}/schedule`);
    return installments.filter((row) => row.due_date <= date).reduce((sum, row) => sum + row.due - row.paid, 0);
  }

  private async look(id: string, sees: Seen): Promise<void> {
    const { status, balances, delinquency } = await this.loan(id);
    const found: Seen = {
      status,
      bucket: delinquency?.bucket ?? null,
      penalties: balances.penalties,
      credit: balances.credit,
    };
    for (const [field, expected] of Object.entries(sees)) {
      const is = found[field as keyof Seen];
      if (is !== expected) throw new Error(`loan ${id}: ${field} is ${is}, not ${expected}`);
    }
    const behind =
      delinquency === null ? '' : `, ${delinquency.bucket} days behind with ${money(delinquency.past_due_amount)}`;
    this.line(await this.today(), `the loan is ${status}${behind}; ${money(balances.payoff)} would settle it`);
  }

  private loan(id: string): Promise<Loan> {
    return this.api.get(`/loans/${id}`);
  }

  private async today(): Promise<BusinessDate> {
    return (await this.api.get<{ business_date: BusinessDate }>('/sandbox/clock')).business_date;
  }

  private line(date: BusinessDate, text: string): void {
    this.tell(`  ${date}  ${text}`);
  }
}

function dateAfter(date: BusinessDate, { months = 0, days = 0 }: After): BusinessDate {
  return addDays(addMonths(date, months), days);
}

function money(minor: number): string {
  return `USD ${(minor / 100).toFixed(2)}`;
}
