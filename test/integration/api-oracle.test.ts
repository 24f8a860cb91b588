import { type ApiClient, ApiStage } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { caseOf, cases, cents, contractOf, expectedRows, plain } from '../published-schedules';

let database: TestDatabase;
let stage: ApiStage;
let demo: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  demo = await stage.client();
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

const describeWithOracle = cases.length > 0 ? describe : describe.skip;

describeWithOracle('published schedules, previewed over HTTP', () => {
  it.each(plain.length > 0 ? plain.map((c) => [c.id, c.title]) : [['none', 'the oracle is absent']])(
    '%s %s',
    async (id) => {
      const c = caseOf(id);
      const { contract, disbursedOn } = contractOf(c);
      const { status, body } = await demo.post(
        '/schedules/preview',
        { ...contract, disbursement_date: disbursedOn },
        { key: null },
      );
      expect(status).toBe(200);
      const rows = body.installments.map((r: Record<string, number | string>) => [
        r.due_date,
        r.principal,
        r.interest,
        r.due,
        r.balance,
      ]);
      const expected = expectedRows(c).map((row) => [
        row.dueDate,
        cents(row.principal),
        cents(row.interest),
        cents(row.due),
        cents(row.balance),
      ]);
      expect(rows).toEqual(expected);
    },
  );
});
