import Ajv2020 from 'ajv/dist/2020';
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect';
import { ApiClient, ApiStage } from '../api-stage';
import { createTestDatabase, type TestDatabase, testTemporal } from '../environment';
import { OPENAPI_SCHEMA } from '../openapi-schema';

// biome-ignore lint/suspicious/noExplicitAny: a document that is looked at by path
type Document = any;

let database: TestDatabase;
let stage: ApiStage;
let documents: Record<DialectName, Document>;

const ajv = new Ajv2020({ strict: false, validateFormats: false });

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await ApiStage.open({ db: database.db, temporal: testTemporal() });
  documents = { p2p: await describedBy('p2p'), tyche: await describedBy('tyche') };
});

afterAll(async () => {
  await stage.close();
  await database.drop();
});

/** Whoever asks: it takes no token. */
async function describedBy(name: DialectName): Promise<Document> {
  const reply = await new ApiClient(stage.url, '').get(`/${name}/openapi.json`, { token: null });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  ajv.addSchema({ ...reply.body, $id: name });
  return reply.body;
}

/** What each document prints, and what was added to it. */
const PROMISED: Record<DialectName, readonly string[]> = {
  p2p: [
    'POST /p2p/v1/loans',
    'GET /p2p/v1/loans',
    'GET /p2p/v1/loans/eligibility',
    'GET /p2p/v1/loans/{}',
    'POST /p2p/v1/loans/{}/repay',
    'GET /p2p/v1/loans/{}/payoff',
    'POST /p2p/v1/loans/{}/cancel',
    'POST /p2p/v1/loans/{}/extension',
    'POST /p2p/v1/webhooks',
    'GET /p2p/v1/webhooks',
    'DELETE /p2p/v1/webhooks/{}',
  ],
  tyche: [
    'POST /tyche/v1/loans',
    'PATCH /tyche/v1/loans/{}',
    'GET /tyche/v1/loans',
    'GET /tyche/v1/loans/{}',
    'GET /tyche/v1/loans/{}/repayments',
    'GET /tyche/v1/loans/transactions',
    'GET /tyche/v1/loans/{}/balances',
    'POST /tyche/v1/loans/transaction/{}/repay',
    'POST /tyche/v1/loans/transaction/{}/payoff',
    'POST /tyche/v1/loans/transaction/{}/writeoff',
    'POST /tyche/v1/loans/transaction/{}/topup',
    'POST /tyche/v1/loans/transaction/{}/liquidate',
    'POST /tyche/v1/loans/transaction/{}/disburse',
    'POST /tyche/v1/loan-products',
    'GET /tyche/v1/loan-products',
    'GET /tyche/v1/loan-products/{}',
  ],
};

interface Described {
  operationId: string;
  responses: Record<string, { $ref?: string; content?: Document }>;
  security: object[];
}

describe.each(DIALECT_NAMES)('the description of %s', (name) => {
  const operations = (): [string, Described][] =>
    Object.entries<Record<string, Described>>(documents[name].paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, each]): [string, Described] => [
        `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
        each,
      ]),
    );

  it('is OpenAPI 3.1, and its schemas JSON Schema of 2020-12', () => {
    const isDocument = new Ajv2020({ strict: false }).compile(OPENAPI_SCHEMA);
    expect([isDocument(documents[name]), isDocument.errors]).toEqual([true, null]);
    const { schemas } = documents[name].components;
    for (const each of Object.keys(schemas))
      expect(() => ajv.compile({ $ref: `${name}#/components/schemas/${each}` })).not.toThrow();
  });

  it('has every operation, each under an id of its own', () => {
    expect(
      operations()
        .map(([at]) => at)
        .sort(),
    ).toEqual([...PROMISED[name]].sort());
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${name}[A-Z]`));
  });

  it('refers only to what it contains, and to all of that', () => {
    const { paths, components, tags } = documents[name];
    const refs = JSON.stringify({ paths, components }).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g);
    const used = new Set([...refs].map(([, kind, each]) => `${kind}/${each}`));
    const kinds = ['schemas', 'responses', 'headers'];
    const there = kinds.flatMap((kind) => Object.keys(components[kind]).map((each) => `${kind}/${each}`));
    expect([...used].filter((each) => !there.includes(each))).toEqual([]);
    expect(there.filter((each) => /^(schemas|responses)/.test(each) && !used.has(each))).toEqual([]);
    const named = operations().flatMap(([, each]) => (each as unknown as { tags: string[] }).tags);
    expect(tags.map((tag: { name: string }) => tag.name).sort()).toEqual([...new Set(named)].sort());
  });

  it('says of every refusal that it is in the words of the dialect', () => {
    const { responses, securitySchemes } = documents[name].components;
    for (const [at, { responses: own, security }] of operations()) {
      const refusals = Object.entries(own).filter(([status]) => Number(status) >= 400);
      expect([at, refusals.map(([status]) => status)]).toEqual([
        at,
        expect.arrayContaining(['400', '401', '403', '429', '500', '503']),
      ]);
      for (const [status, { $ref = '', content }] of refusals) {
        const found = content ?? responses[$ref.replace('#/components/responses/', '')].content;
        const expected = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
        expect([at, status, found]).toEqual([at, status, expected]);
      }
      expect(security).toEqual(Object.keys(securitySchemes).map((scheme) => ({ [scheme]: [] })));
    }
  });
});
