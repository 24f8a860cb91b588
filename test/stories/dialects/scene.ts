import type { Tenor } from '../../../client';
import { addDays, type BusinessDate } from '../../../src/lending/calendar';
import { DialectClient, type Fields, mustHave } from './client';

/** The life of a loan that is spoken of in a dialect: told by the demo, played by the tests. */
export interface DialectStory {
  title: string;
  /** @throws Error where an answer is not what the story says it is */
  play(scene: Scene): Promise<void>;
}

interface Setting {
  /** the lender's own */
  api: Tenor;
  baseUrl: string;
  write: (line: string) => void;
  /** the pool of the P2P loans, in USDC */
  usdc: string;
  /** a back end of the lender's, with a secret key */
  tyche: DialectClient;
}

/** What stories of dialects are played on: a lender with the native API, and clients of the dialects. */
export class Scene {
  private constructor(
    private readonly setting: Setting,
    private date: BusinessDate,
  ) {}

  /** Sets up natively what the dialects lend from. @param api at that address */
  static async begin(api: Tenor, baseUrl: string, write: (line: string) => void): Promise<Scene> {
    const usdc = await makePool(api, 'USDC', 1_000_000_000000);
    await change(api, 'p2p', { pool_id: usdc });
    const naira = await makePool(api, 'NGN', 100_000_000_00);
    await change(api, 'tyche', { pool_id: naira, channels: ['sandbox'] });
    const { secret } = await api.createApiKey({ name: 'Tyche', scopes: ['pooledcredit:read', ...WRITING] });
    const tyche = new DialectClient(`${baseUrl}/tyche/v1`, secret);
    return new Scene({ api, baseUrl, write, usdc, tyche }, await todayAt(api));
  }

  get api(): Tenor {
    return this.setting.api;
  }

  get usdc(): string {
    return this.setting.usdc;
  }

  get tyche(): DialectClient {
    return this.setting.tyche;
  }

  async play({ title, play }: DialectStory): Promise<void> {
    this.date = await todayAt(this.api);
    this.setting.write(`${title}.`);
    await play(this);
  }

  tell(text: string): void {
    this.setting.write(`  ${this.date}  ${text}`);
  }

  /** The business date of so many days from now. */
  day(days = 0): BusinessDate {
    return addDays(this.date, days);
  }

  async wait(days: number): Promise<void> {
    this.date = (await this.api.advanceSandboxClock({ to: this.day(days) })).business_date;
  }

  /** A member that agreed to nothing yet. */
  async makeMember(): Promise<{ id: string; p2p: DialectClient }> {
    const { api, baseUrl } = this.setting;
    const { id } = await api.createMember({ name: 'A borrower' });
    const client = { client_id: 'demo', client_secret: 'demo-secret' };
    const { access_token } = await api.issueToken({ grant_type: 'client_credentials', ...client, member_id: id });
    return { id, p2p: new DialectClient(`${baseUrl}/p2p/v1`, `Bearer ${access_token}`) };
  }

  /** A member that agreed to loans natively, as clients of Tyche have it. */
  async makeBorrower(): Promise<{ id: string; p2p: DialectClient }> {
    const member = await this.makeMember();
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const) await this.api.grantConsent(member.id, { type });
    return member;
  }

  /** What the lender's own API shows of a loan. @throws Error where it is anything else */
  async seesNatively(loanId: string, expected: Fields): Promise<void> {
    mustHave(`loan ${loanId}, natively`, await this.api.getLoan(loanId), expected);
  }

  /**
   * What moved on a loan, the oldest first: by its transactions, and by the ledger's entries, which they name.
   *
   * @param expected of each entry its transaction, as `REPAYMENT 5000`, or null, and its postings, as `DEBIT cash 5000`
   * @throws Error where it is anything else
   */
  async booksHave(loanId: string, expected: readonly [string | null, ...string[]][]): Promise<void> {
    const { data: transactions } = await this.api.listLoanTransactions(loanId, { limit: 200 });
    const { data: entries } = await this.api.listLedgerEntries({ loan_id: loanId, limit: 200 });
    const found = entries.reverse().map(({ id, postings }) => {
      const told = transactions.find(({ txn_id }) => txn_id === id);
      return [
        told === undefined ? null : `${told.type} ${told.amount}`,
        ...postings.map(({ side, account, amount }) => `${side} ${account} ${amount}`),
      ];
    });
    mustHave(`what moved on loan ${loanId}`, found, expected);
    const named = expected.filter(([transaction]) => transaction !== null).length;
    mustHave(`loan ${loanId}`, { transactions: transactions.length }, { transactions: named });
  }
}

const todayAt = async (api: Tenor): Promise<BusinessDate> => (await api.getSandboxClock()).business_date;

const WRITING = ['pooledcredit:write', 'loans:write', 'loans:approve'] as const;

/** A pool with money in it, that asks for approval. @param size minor units */
async function makePool(api: Tenor, currency: string, size: number): Promise<string> {
  const policies = { max_loan_ratio: 0.1, delinquency_threshold_days: 30, approval_required: true };
  const { id } = await api.createCreditPool({ name: `${currency} pool`, currency, size, policies });
  const lender = await api.createMember({ name: 'The lender', type: 'COMPANY' });
  await api.createContribution(id, { member_id: lender.id, amount: size, currency });
  return id;
}

/** Says what a dialect uses. */
async function change(api: Tenor, dialect: string, settings: Fields): Promise<void> {
  const spec = { method: 'PUT', path: `/dialects/${dialect}` } as const;
  await api.send(spec, { body: settings, options: { ifMatch: '*' } });
}
