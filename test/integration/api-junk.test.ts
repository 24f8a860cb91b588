import fc from 'fast-check';
import { z } from 'zod';
import { OPERATIONS } from '../../src/api/operations';
import { type ApiClient, ApiStage, POOL } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';

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

const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, [], {}, '', ' ', 0, -1, 1.5, 2 ** 53, -0, 'USD', '2025-01-01', '2999-12-31'),
  fc.constantFrom<unknown>(
    '9'.repeat(15),
    '9'.repeat(17),
    "'; drop table pools; --",
    '\u0000',
    '\ud800',
    '%00',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.double(),
  fc.json({ maxDepth: 3 }).map((text): unknown => JSON.parse(text)),
);

/** The names of a schema's own fields. */
function fieldsOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return [];
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: object;
  };
  return Object.keys(properties);
}

const objectWith = (names: string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(names.length === 0 ? fc.constant('x') : fc.constantFrom(...names, 'x'), JUNK, { maxKeys: 4 });

/** Every number that a cursor of positions may hold. */
const CURSORS = ['1', '2147483648', '9'.repeat(15)].map((position) => Buffer.from(position).toString('base64url'));

describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_, operation) => {
  it('answers junk with a refusal, never with a 500', async () => {
    const { id } = (await demo.post('/creditpools', POOL)).body;
    const request = fc.record({
      parameter: fc.constantFrom(id, 'x', 'over-allocation', '%27', '%00', '9'.repeat(128), '%F0%9F%98%80'),
      query: objectWith(fieldsOf(operation.query)),
      body: fc.oneof({ weight: 4, arbitrary: objectWith(fieldsOf(operation.body)) }, { weight: 1, arbitrary: JUNK }),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ parameter, query, body }) => {
        const search = new URLSearchParams(
          Object.entries(query).map(([name, value]): [string, string] => [
            name,
            typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
          ]),
        );
        const path = `${operation.path.replace(/\{\w+\}/g, parameter)}?${operation.query === undefined ? '' : search}`;
        const sent = operation.body === undefined ? undefined : JSON.stringify(body);
        const reply = await demo.send(operation.method.toUpperCase(), path, sent, { key: crypto.randomUUID() });
        expect(reply.status).toBeLessThan(500);
      }),
      { numRuns: 25 },
    );
    if (!('cursor' in (operation.query instanceof z.ZodObject ? operation.query.shape : {}))) return;
    for (const cursor of CURSORS) {
      const reply = await demo.get(`${operation.path.replace('{id}', id)}?cursor=${cursor}`);
      expect(reply.status).toBeLessThan(500);
    }
  });
});
