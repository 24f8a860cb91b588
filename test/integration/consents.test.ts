import { consentsOf, ensureConsents, grantConsent, revokeConsents } from '../../src/members/consents';
import { requestFacts } from '../../src/pools/request-facts';
import { newCommandId } from '../../src/tenancy/ids';
import { forTenant, type Tenant } from '../../src/tenancy/tenant';
import { createTestDatabase, type TestDatabase } from '../environment';
import { ORG, openPool } from './ledger-fixture';

// Consents that a member gives by asking for a loan, on PostgreSQL.

let database: TestDatabase;
let tenant: Tenant;

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = forTenant(database.db, ORG);
});

afterAll(async () => {
  await database.drop();
});

const TYPES = ['CREDIT_CHECK', 'LOAN_AGREEMENT'] as const;
const EVIDENCE = { agreement: 'terms of use', request_id: 'req_test' };
const caller = () => ({ commandId: newCommandId(), actor: 'borrower', requestId: 'req_test' });
const asks = (member: string, pool: string) => ensureConsents(tenant, caller(), member, pool, TYPES, EVIDENCE);

/** A pool, and a member who has agreed to nothing. */
async function scene(): Promise<{ pool: string; member: string }> {
  const { id, member } = await openPool(database.db, { size: 1_000, cash: 0 });
  await tenant.table('consents').where({ member_id: member }).update({ revoked_at: new Date() });
  return { pool: id, member };
}

/** What a member has agreed to by asking, oldest first. */
async function given(member: string) {
  const all = await consentsOf(tenant, member);
  return all.filter(({ evidence }) => evidence !== null);
}

async function held(member: string, pool: string): Promise<string[]> {
  const [at, today] = [(await tenant.now()).toISOString(), await tenant.today()];
  return (await requestFacts(tenant.db, ORG, { pool_id: pool, borrower_id: member }, { at, today })).consents;
}

describe('asking for a loan', () => {
  it('grants what the member has not agreed to, for the pool, each in the trail', async () => {
    const { pool, member } = await scene();
    expect(await held(member, pool)).toEqual([]);
    await asks(member, pool);
    expect(await held(member, pool)).toEqual([...TYPES]);
    expect(await given(member)).toMatchObject(
      TYPES.map((type) => ({ type, pool_id: pool, evidence: EVIDENCE, expires_at: null, revoked_at: null })),
    );
    const trail = await tenant.table('audit_records').where({ subject_type: 'member', subject_id: member });
    const record = { action: 'consent.granted', actor: 'borrower', request_id: 'req_test' };
    expect(trail).toMatchObject(TYPES.map((type) => ({ ...record, data: { type } })));
  });

  it('grants nothing that holds, for the pool or for all', async () => {
    const { pool, member } = await scene();
    await grantConsent(tenant, caller(), member, { type: 'CREDIT_CHECK' });
    await asks(member, pool);
    await asks(member, pool);
    expect(await given(member)).toMatchObject([{ type: 'LOAN_AGREEMENT', pool_id: pool }]);
  });

  it('grants anew what was for another pool, has expired or was taken back', async () => {
    const { pool, member } = await scene();
    const other = await scene();
    await grantConsent(tenant, caller(), member, { type: 'CREDIT_CHECK', pool_id: other.pool });
    const [granted_at, expires_at] = [new Date(Date.now() - 2_000), new Date(Date.now() - 1_000)];
    await grantConsent(tenant, caller(), member, { type: 'LOAN_AGREEMENT', granted_at, expires_at });
    await asks(member, pool);
    expect(await given(member)).toHaveLength(2);
    await revokeConsents(tenant, caller(), member, 'LOAN_AGREEMENT');
    expect(await held(member, pool)).toEqual(['CREDIT_CHECK']);
    await asks(member, pool);
    expect(await held(member, pool)).toEqual([...TYPES]);
    expect(await given(member)).toHaveLength(3);
  });

  it('grants each once, however many ask at once', async () => {
    const { pool, member } = await scene();
    await Promise.all(Array.from({ length: 10 }, () => asks(member, pool)));
    expect((await given(member)).map(({ type }) => type)).toEqual([...TYPES]);
  });

  it('grants all or nothing', async () => {
    const { pool, member } = await scene();
    const rows = Array.from({ length: 197 }, () => ({
      member_id: member,
      type: 'DATA_SHARING',
      granted_at: new Date(),
    }));
    await tenant.insert('consents', rows);
    await expect(asks(member, pool)).rejects.toMatchObject({ slug: 'invalid-state' });
    expect(await given(member)).toEqual([]);
  });

  it('is for a member and a pool that there are', async () => {
    const { pool, member } = await scene();
    await expect(asks('mem_none', pool)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(asks(member, 'pool_none')).rejects.toMatchObject({ slug: 'not-found' });
  });
});
