import { OPERATIONS } from '../../src/api/operations';
import type { ApiClient } from '../api-stage';
import { ApiStage } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

let database: TestDatabase;
let stage: ApiStage;

/** What a borrower may do beside looking at its own; the handlers narrow each to its member. */
const BORROWERS = [
  'getMember',
  'getEligibility',
  'listLoans',
  'listPoolLoans',
  'getLoan',
  'getLoanSchedule',
  'listLoanTransactions',
  'listLoanEvents',
  'getLoanPayoff',
  'getJob',
  'previewSchedule',
  'requestLoan',
  'amendLoan',
  'cancelLoan',
  'repayLoan',
  'extendLoan',
];

/** What an auditor may ask beside everything that is a GET. */
const QUESTIONS = ['previewSchedule', 'decodePayloads', 'encodePayloads'];

const ALL = OPERATIONS.filter(({ scope }) => scope !== null);
/** Not an id of anything. */
const NONE = 'none_1';

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

/** The ids of the operations that a client's role leaves to it; each is asked for with nothing that could be carried out. */
async function allowedTo(client: ApiClient): Promise<string[]> {
  const allowed: string[] = [];
  for (const { id, method, path } of ALL) {
    const body = method === 'get' || method === 'delete' ? undefined : {};
    const reply = await client.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, NONE), body);
    if (reply.status >= 500) throw new Error(`${id} answered ${reply.status}`);
    if (reply.body?.type !== '/problems/forbidden-role') allowed.push(id);
    else expect([id, reply.status]).toEqual([id, 403]);
  }
  return allowed.sort();
}

describe('the role', () => {
  it('AUDITOR reads all, and changes nothing', async () => {
    const reads = ALL.filter(({ method }) => method === 'get').map(({ id }) => id);
    expect(await allowedTo(await stage.client('demo', { roles: 'AUDITOR' }))).toEqual([...reads, ...QUESTIONS].sort());
  });

  it('BORROWER has the operations of borrowers', async () => {
    const demo = await stage.client();
    const { id: member_id } = (await demo.post('/members', { name: 'Ada' })).body;
    const borrowers = [...BORROWERS].sort();
    expect(await allowedTo(await stage.client('demo', { member_id }))).toEqual(borrowers);
    expect(await allowedTo(await stage.client('demo', { member_id, roles: 'BORROWER' }))).toEqual(borrowers);
    const looks = borrowers.filter((id) => /^(get|list|preview)/.test(id));
    expect(await allowedTo(await stage.client('demo', { member_id, roles: 'AUDITOR' }))).toEqual(looks);
  });

  it('BORROWER of no member has none', async () => {
    expect(await allowedTo(await stage.client('demo', { roles: 'BORROWER' }))).toEqual([]);
  });
});

it('a token for a role that there is not is not issued', async () => {
  const ask = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret', roles: 'ADMIN' };
  const reply = await (await stage.client()).post('/oauth/token', ask, { token: null, key: null });
  expect([reply.status, reply.body.error]).toEqual([400, 'invalid_request']);
});
