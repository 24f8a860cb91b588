import { ClientVersions } from '../../src/api/versions/client-versions';
import { newCommandId } from '../../src/tenancy/ids';
import { type ApiClient, ApiStage, type Reply } from '../api-stage';
import { testTemporal } from '../environment';
import { Lender, type Loan, outcome, pointersOf } from '../loan-over-http';

const OLD = '2026-06-01';
const NEW = '2026-11-21';
const IN_OLD = { 'tenor-version': OLD };
const IN_NEW = { 'tenor-version': NEW };

let lender: Lender;
let loan: Loan;

beforeAll(async () => {
  lender = await Lender.open();
  loan = await lender.activeLoan();
});

afterAll(async () => {
  expect(await lender.close()).toEqual([]);
});

const versionOf = (reply: Reply) => reply.headers.get('tenor-version');
/** Which version a loan is answered in, by its fields and by its header. */
const shape = (answered: Reply['body']) =>
  ['disbursed_on', 'disbursement_date'].filter((field) => answered[field] !== undefined);
const read = async (client: ApiClient, headers = {}) => {
  const reply = await client.get(`/loans/${loan.id}`, { headers });
  return [versionOf(reply), ...shape(reply.body)];
};

it('a client is answered in the newest version when it begins, and in the one that it asks for', async () => {
  expect(await read(lender.client)).toEqual([NEW, 'disbursement_date']);
  expect(await read(lender.client, IN_OLD)).toEqual([OLD, 'disbursed_on']);
  expect(await read(lender.client)).toEqual([NEW, 'disbursement_date']);
  const { text } = await lender.client.get(`/loans/${loan.id}`);
  const old = await lender.client.get(`/loans/${loan.id}`, { headers: IN_OLD });
  expect(old.text).toBe(text.replace('"disbursement_date"', '"disbursed_on"'));
  // a cache keeps the two apart
  expect(old.headers.get('vary')).toBe('Tenor-Version');
});

it('what a client asks for in its first request is its version', async () => {
  const reader = await lender.api.client('reader');
  expect(await read(reader, IN_OLD)).toEqual([OLD, 'disbursed_on']);
  expect(await read(reader)).toEqual([OLD, 'disbursed_on']);
  expect(await read(reader, IN_NEW)).toEqual([NEW, 'disbursement_date']);
  expect((await reader.get('/api-version')).body).toEqual({ version: OLD, supported: [OLD, NEW] });
});

it('holds for lists and for what commands answer', async () => {
  const ask = { headers: IN_OLD };
  for (const path of ['/loans', `/creditpools/${lender.pool}/loans`])
    expect(shape((await lender.client.get(path, ask)).body.data[0])).toEqual(['disbursed_on']);
  const body = { component: 'FEE', name: 'Letter', amount: 100 };
  expect(shape((await lender.client.post(`/loans/${loan.id}/charges`, body, ask)).body)).toEqual(['disbursed_on']);
});

it('each answer names its version, problems and what needs no token too', async () => {
  expect(versionOf(await lender.client.get('/loans/loan_none', { headers: IN_OLD }))).toBe(OLD);
  for (const path of ['/healthz', '/nothing', '/openapi.json'])
    expect(versionOf(await lender.client.get(path, { token: null }))).toBe(NEW);
});

it('an unknown version is refused, and those that there are named', async () => {
  const approver = await lender.api.client('approver');
  for (const version of ['2026-06-02', 'latest', '', '2026-06-01T00:00:00Z']) {
    const reply = await approver.get('/loans', { headers: { 'tenor-version': version } });
    expect([...outcome(reply), pointersOf(reply)]).toEqual([422, 'validation-failed', ['/Tenor-Version']]);
    expect(reply.body.detail).toContain(`${OLD}, ${NEW}`);
  }
  const pinned = lender.stage.tenant.table<{ client: string }>('client_versions').where({ client: 'approver' });
  expect(await pinned).toEqual([]);
});

it('a repeated command is answered as it was, whatever version it is asked for in', async () => {
  const body = { component: 'FEE', name: 'Letter', amount: 200 };
  const charge = (headers: Record<string, string>) =>
    lender.client.post(`/loans/${loan.id}/charges`, body, { key: 'charge', headers });
  const first = await charge(IN_OLD);
  const again = await charge(IN_NEW);
  expect([again.text, versionOf(again)]).toEqual([first.text, OLD]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});

it('a client moves by itself, in every process', async () => {
  const { temporal } = lender.stage.config;
  const second = await ApiStage.open({ db: lender.stage.db, temporal: testTemporal() }, { temporal });
  const other = await lender.api.client('other');
  expect(versionOf(await other.get('/loans'))).toBe(NEW);
  expect(outcome(await other.post('/api-version', { version: '2020-01-01' }))).toEqual([422, 'validation-failed']);
  const moved = await other.post('/api-version', { version: OLD });
  expect([moved.status, moved.body.version]).toEqual([200, OLD]);
  expect(versionOf(await other.get('/loans'))).toBe(OLD);
  expect(versionOf(await (await second.client('other')).get('/loans'))).toBe(OLD);
  await second.close();
  const member = await lender.api.client('demo', { member_id: loan.borrower });
  expect(outcome(await member.post('/api-version', { version: OLD }))).toEqual([403, 'forbidden-role']);
});

it('a process asks again after a while, and knows a client by its key', async () => {
  const { db } = lender.stage;
  const [one, two] = [new ClientVersions(db), new ClientVersions(db)];
  const token = {
    org: 'org_demo',
    subject: 'service',
    memberId: null,
    scopes: new Set<string>(),
    roles: new Set<never>(),
  };
  const client = { ...token, keyId: 'key_1' };
  const caller = { commandId: newCommandId(), actor: 'service#key_1', requestId: 'req_1' };
  expect(await Promise.all([one.of(client, OLD), two.of(client, OLD)])).toEqual([OLD, OLD]);
  await one.move(client, caller, NEW);
  await one.move(client, caller, NEW);
  expect([await one.pinned(client), await two.pinned(client)]).toEqual([NEW, OLD]);
  expect(await one.of({ ...client, keyId: null }, undefined)).toBe(NEW);
  expect(await one.of({ ...client, keyId: 'key_2' }, OLD)).toBe(OLD);
  const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_001);
  expect(await two.pinned(client)).toBe(NEW);
  later.mockRestore();
  const records = await lender.stage.tenant
    .table<{ subject_type: string; subject_id: string; data: object }>('audit_records')
    .where({ subject_type: 'client', subject_id: 'service#key_1' });
  expect(records.map(({ data }) => data)).toEqual([{ from: OLD, to: NEW }]);
});
