import { type Loan, type LoanRequest, type NewProduct, type Tenor, TenorProblem } from '../../client';
import type { BusinessDate } from '../../src/lending/calendar';
import { dayOf, type Meaning, toBody } from './said';
import { dueOf, see, seeInstallments } from './sight';
import type { After, Body, Seen, Step, Story } from './story';
import { VERBS } from './verbs';

/** A story that is being told. */
interface Life extends Meaning {
  story: Story;
  /** the loan that the next steps are about */
  loan: string;
  today: BusinessDate;
  product: string | null;
  made: Map<string, string>;
}

type StepOf<D extends Step['do']> = Extract<Step, { do: D }>;
type Asked = Exclude<Step, StepOf<'wait' | 'look' | 'turn to' | 'change product'>>;

/** Plays stories through the API on the sandbox clock, and tells what happens line by line. */
export class Teller {
  private constructor(
    private readonly api: Tenor,
    private readonly pool: string,
    private readonly tell: (line: string) => void,
  ) {}

  /** Sets up a pool with money in it. */
  static async begin(api: Tenor, tell: (line: string) => void): Promise<Teller> {
    return new Teller(api, await makePool(api), tell);
  }

  /** Answers the loan's id. @throws Error where the loan is not what the story says it is */
  async play(story: Story): Promise<string> {
    this.tell(`A borrower ${story.title}.`);
    const life = await this.request(story);
    for (const step of story.steps) await this.take(life, step);
    return life.loan;
  }

  private async request(story: Story): Promise<Life> {
    const { amount, terms, schedule } = story.loan;
    const borrower = await this.api.createMember({ name: 'A borrower' });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const) await this.api.grantConsent(borrower.id, { type });
    const today = await this.today();
    const meaning = { begin: today, made: new Map<string, string>() };
    const product = story.product === undefined ? null : await this.makeProduct(meaning, story.product);
    const body = {
      ...{ borrower_id: borrower.id, amount, currency: 'USD' },
      ...(terms === undefined ? {} : { terms: toBody(meaning, terms) }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(product === null ? {} : { product_id: product }),
    };
    // stories are data: that they are requests of the API is what playing them shows
    const pool = story.policies === undefined ? this.pool : await makePool(this.api, story.policies);
    const job = await this.api.requestLoan(pool, body as LoanRequest);
    this.line(today, `asks for ${money(amount)}`);
    return { ...meaning, today, story, loan: job.resource.id, product };
  }

  private async makeProduct(meaning: Meaning, product: Body): Promise<string> {
    return (await this.api.createProduct(toBody(meaning, product) as unknown as NewProduct)).id;
  }

  private async take(life: Life, step: Step): Promise<void> {
    switch (step.do) {
      case 'wait':
        await this.waitFor(life, step.after);
        return;
      case 'look':
        return this.look(life, step.sees);
      case 'turn to':
        return this.turnTo(life, step);
      case 'change product':
        return this.changeProduct(life, step);
      case 'disburse':
      case 'repay':
        return this.moveMoney(life, step);
      default:
        return this.ask(life, step);
    }
  }

  /** Moves the clock to a day of the story, unless it is past it already. */
  private async waitFor(life: Life, after: After | undefined): Promise<BusinessDate> {
    const date = after === undefined ? life.today : dayOf(life, after);
    if (date > life.today) {
      await this.api.advanceSandboxClock({ to: date });
      life.today = date;
    }
    return life.today;
  }

  private async ask(life: Life, step: Exclude<Asked, StepOf<'disburse' | 'repay'>>): Promise<void> {
    const date = await this.waitFor(life, step.after);
    const { answers, tells } = VERBS[step.do];
    await this.send(life, step, toBody(life, step.with ?? {}), answers);
    this.line(date, outcome(step, `${tells}${detailsOf(step.with)}`));
  }

  private async moveMoney(life: Life, step: StepOf<'disburse' | 'repay'>): Promise<void> {
    const date = await this.waitFor(life, step.after);
    if (step.do === 'disburse') {
      await this.send(life, step, toBody(life, step.with ?? {}), 201);
      this.line(date, outcome(step, 'gets the money'));
      return;
    }
    const amount = typeof step.amount === 'number' ? step.amount : await this.owed(life, step.amount, date);
    if (step.comesTo !== undefined && step.comesTo !== amount)
      throw new Error(`${life.story.name}, ${date}: ${step.amount} comes to ${amount}, not ${step.comesTo}`);
    const dated = step.dated === undefined ? date : dayOf(life, step.dated);
    await this.send(life, step, { amount, currency: 'USD', date: dated }, 201);
    this.line(date, outcome(step, `pays ${money(amount)}${dated === date ? '' : ` as of ${dated}`}`));
  }

  /** Sends a command, and keeps the id of what it made where a later step needs it. */
  private async send(life: Life, step: Asked, body: object, done: number): Promise<void> {
    if (step.do !== 'repay' && step.rail !== undefined) await this.api.orderSandboxPayouts({ next: step.rail });
    const { status, id } = await this.answerTo(`/loans/${life.loan}/${step.do}`, body);
    const expected = step.answers ?? done;
    if (status !== expected)
      throw new Error(`${life.story.name}: ${step.do} answered ${status}, not ${expected}: ${id}`);
    if ('as' in step && step.as !== undefined) life.made.set(step.as, id);
  }

  /** What a command answers, refusals included: its verb is a word of the story. */
  private async answerTo(path: string, body: object): Promise<{ status: number; id: string }> {
    try {
      const answer = await this.api.send<{ id: string }>({ method: 'POST', path, idempotent: true }, { body });
      return { status: answer.status, id: answer.body.id };
    } catch (error) {
      if (error instanceof TenorProblem) return { status: error.status, id: error.detail };
      throw error;
    }
  }

  private async turnTo(life: Life, { loan }: StepOf<'turn to'>): Promise<void> {
    const { predecessor, successor } = await this.loan(life);
    const other = loan === 'new' ? successor : predecessor;
    if (other === undefined) throw new Error(`${life.story.name}: loan ${life.loan} has no ${loan} one`);
    life.loan = other;
    this.line(life.today, `the ${loan} loan:`);
  }

  private async changeProduct(life: Life, { terms }: StepOf<'change product'>): Promise<void> {
    const { id, etag } = await this.api.getProduct(life.product ?? '');
    const changed = toBody(life, { ...life.story.product, terms }) as unknown as NewProduct;
    await this.api.replaceProduct(id, changed, { ifMatch: etag });
    this.line(life.today, 'the lender changes the product');
  }

  private async owed(life: Life, what: 'due' | 'payoff', date: BusinessDate): Promise<number> {
    if (what === 'payoff') return (await this.loan(life)).balances.payoff;
    return dueOf(this.api, life.loan, date);
  }

  private async look(life: Life, sees: Seen): Promise<void> {
    const { today } = life;
    const loan = await this.loan(life);
    const installments = 'due' in sees || 'to_pay' in sees ? await seeInstallments(this.api, loan.id, today) : {};
    const found: Seen = { ...see(loan), ...installments };
    const wrong = Object.entries(sees)
      .map(([field, expected]) => [field, said(found[field as keyof Seen]), said(expected)])
      .filter(([, is, expected]) => is !== expected)
      .map(([field, is, expected]) => `${field} is ${is}, not ${expected}`);
    if (wrong.length > 0) throw new Error(`${life.story.name}, ${today}, loan ${life.loan}: ${wrong.join('; ')}`);
    const { status, delinquency, balances } = loan;
    const behind =
      delinquency === null ? '' : `, ${delinquency.bucket} days behind with ${money(delinquency.past_due_amount)}`;
    this.line(today, `the loan is ${status}${behind}; ${money(balances.payoff)} would settle it`);
  }

  private loan({ loan }: Life): Promise<Loan> {
    return this.api.getLoan(loan);
  }

  private async today(): Promise<BusinessDate> {
    return (await this.api.getSandboxClock()).business_date;
  }

  private line(date: BusinessDate, text: string): void {
    this.tell(`  ${date}  ${text}`);
  }
}

/** A pool with money in it. Answers its id. */
async function makePool(api: Tenor, changes: Body = {}): Promise<string> {
  const policies = { max_loan_ratio: 0.5, delinquency_threshold_days: 30, approval_required: true, ...changes };
  const money = { amount: 50_000_000, currency: 'USD' };
  const { id } = await api.createCreditPool({ name: 'Story pool', currency: 'USD', size: money.amount, policies });
  const lender = await api.createMember({ name: 'The lender', type: 'COMPANY' });
  await api.createContribution(id, { member_id: lender.id, ...money });
  return id;
}

/** What came of a step. */
function outcome({ answers }: Asked, done: string): string {
  if (answers === 502) return 'the payout fails: the books are as before';
  return answers === undefined ? done : `${done}: that is refused`;
}

/** The part of a request that a reader wants to know. */
function detailsOf({ amount, rate_bps, component, operations, name, reason }: Body = {}): string {
  const details = [
    ...(typeof amount === 'number' ? [money(amount)] : []),
    ...(typeof rate_bps === 'number' ? [`${rate_bps / 100} % a year`] : []),
    ...(typeof component === 'string' ? [component.toLowerCase()] : []),
    ...(Array.isArray(operations) ? [operations.join(' and ').toLowerCase()] : []),
    ...(typeof name === 'string' ? [name] : []),
    ...(typeof reason === 'string' ? [reason] : []),
  ];
  return details.length === 0 ? '' : `: ${details.join(', ')}`;
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? 'left out';
}

function money(minor: number): string {
  return `USD ${(minor / 100).toFixed(2)}`;
}
