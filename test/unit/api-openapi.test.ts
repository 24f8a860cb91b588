import Ajv2020 from 'ajv/dist/2020';
import { version } from '../../package.json';
import { EXAMPLES } from '../../src/api/docs/examples';
import { problemsOf } from '../../src/api/docs/problems-of';
import { openApi } from '../../src/api/openapi';
import { OPERATIONS, operationsFor } from '../../src/api/operations';
import { PROBLEMS } from '../../src/api/problem';
import { problemPage } from '../../src/api/problem-pages';
import { loadConfig } from '../../src/config';
import { MAX_RATE_BPS } from '../../src/lending/terms';
import { OPENAPI_SCHEMA } from '../openapi-schema';

// biome-ignore lint/suspicious/noExplicitAny: a document of a few hundred shapes, looked at by path
const document: any = JSON.parse(JSON.stringify(openApi(OPERATIONS)));

/** Every value in a document, with the key it is found under. */
function* walk(value: unknown, key = ''): Generator<[string, unknown]> {
  yield [key, value];
  if (typeof value === 'object' && value !== null)
    for (const [name, child] of Object.entries(value)) yield* walk(child, name);
}

const COMMANDS =
  `reverse-repayment goodwill-credit chargeback refund charges waive adjust-charge change-rate payment-holiday
  pause-delinquency promise-to-pay extend reschedule re-age re-amortize refinance write-off recover charge-off undo-reschedule
  undo-refinance undo-write-off holds release-hold lock unlock`
    .split(/\s+/)
    .map((verb) => `POST /loans/{id}/${verb}`);

const PROMISED = `
  POST /creditpools, GET /creditpools, GET /creditpools/{id}, POST /creditpools/{id}/suspend, POST /creditpools/{id}/resume,
  POST /creditpools/{id}/close, POST /creditpools/{id}/contributions, GET /creditpools/{id}/contributions,
  POST /creditpools/{id}/distributions, GET /creditpools/{id}/distributions, POST /repayments/batch,
  GET /repayments/batch/{id}, GET /api-version, POST /api-version,
  POST /creditpools/{id}/loans, GET /creditpools/{id}/loans, GET /creditpools/{id}/audit, GET /loans, GET /loans/{id},
  PUT /loans/{id}, GET /loans/{id}/schedule, GET /loans/{id}/transactions, GET /loans/{id}/payoff, POST /schedules/preview,
  POST /loans/{id}/approve, POST /loans/{id}/decline, POST /loans/{id}/cancel, POST /loans/{id}/disburse,
  POST /loans/{id}/repay, GET /jobs/{id}, POST /members, GET /members, GET /members/{id},
  PUT /members/{id}/trust-score, POST /members/{id}/consents, DELETE /members/{id}/consents/{type}, GET /ledger/accounts,
  GET /ledger/entries, GET /ledger/entries/{id}, GET /ledger/trial-balance, GET /sandbox/clock, POST /sandbox/clock/advance,
  POST /sandbox/payouts, GET /healthz, GET /readyz, GET /metrics, GET /openapi.json, GET /problems/{slug}, POST /oauth/token,
  GET /.well-known/jwks.json, POST /products, GET /products, GET /products/{id}, PUT /products/{id},
  GET /events/schemas, GET /events/schemas/{type}, GET /events, GET /events/{id}, GET /loans/{id}/events,
  GET /members/{id}/eligibility, GET /members/{id}/credit-decisions, PUT /members/{id}/income, GET /loans/{id}/credit-decision,
  GET /docs, GET /docs/{file}, GET /docs/guides/{name},
  POST /api-keys, GET /api-keys, GET /api-keys/{id}, DELETE /api-keys/{id}, POST /codec/decode, POST /codec/encode,
  POST /webhook-endpoints, GET /webhook-endpoints, GET /webhook-endpoints/{id}, DELETE /webhook-endpoints/{id},
  GET /webhook-endpoints/{id}/deliveries, POST /webhook-endpoints/{id}/rotate-secret, POST /webhook-endpoints/{id}/enable,
  POST /events/{id}/redeliver, POST /events/redeliver,
  GET /dialects/p2p, PUT /dialects/p2p, GET /dialects/tyche, PUT /dialects/tyche`
  .split(',')
  .map((each) => each.trim())
  .concat(COMMANDS);

describe('the OpenAPI description', () => {
  it('has every operation that the API promises, each under an id of its own', () => {
    const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(PROMISED.sort());
    const ids = OPERATIONS.map((operation) => operation.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what it contains', () => {
    for (const [key, value] of walk(document)) {
      if (key !== '$ref') continue;
      const parts = String(value).replace('#/', '').split('/');
      expect([value, parts.reduce((at, part) => at?.[part], document)]).not.toEqual([value, undefined]);
    }
  });

  it('has schemas that are JSON Schema of 2020-12', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });
    for (const name of Object.keys(document.components.schemas))
      expect(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` })).not.toThrow();
  });

  it('describes path parameters, scopes and keys', () => {
    const repay = document.paths['/loans/{id}/repay'].post;
    expect(repay.security).toContainEqual({ oauth: ['loans:write'] });
    expect(repay.parameters.map((each: { name: string }) => each.name)).toEqual(
      expect.arrayContaining(['id', 'X-Request-Id', 'Idempotency-Key']),
    );
    expect(repay.requestBody.required).toBe(true);
    expect(document.paths['/loans/{id}/approve'].post.requestBody.required).toBe(false);
    for (const operation of OPERATIONS)
      expect(operation.path.match(/\{\w+\}/g)?.length ?? 0).toBe(
        (document.paths[operation.path][operation.method].parameters ?? []).filter(
          (each: { in: string }) => each.in === 'path',
        ).length,
      );
  });

  it('has the form of OpenAPI 3.1', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.validate(OPENAPI_SCHEMA, document);
    expect(ajv.errors ?? []).toEqual([]);
    expect(document.info.version).toBe(version);
  });

  it('lists each status of an operation with the problems behind it', () => {
    const { responses } = document.paths['/loans/{id}/disburse'].post;
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining([
        '201',
        '400',
        '401',
        '403',
        '404',
        '409',
        '413',
        '415',
        '422',
        '429',
        '500',
        '502',
        '503',
      ]),
    );
    const { $ref } = responses[409];
    const conflict = document.components.responses[$ref.split('/').at(-1)];
    expect(conflict.content['application/problem+json'].schema.properties.type.enum).toEqual([
      '/problems/idempotency-in-progress',
      '/problems/insufficient-funds',
      '/problems/invalid-state',
    ]);
    for (const operation of OPERATIONS) {
      const described = Object.keys(document.paths[operation.path][operation.method].responses).map(Number);
      expect(described).toEqual(expect.arrayContaining(problemsOf(operation).map((slug) => PROBLEMS[slug][0])));
    }
  });

  it('knows the token of OAuth to answer as OAuth does, and the body to be read as any other', () => {
    const { 400: refused } = document.paths['/oauth/token'].post.responses;
    expect(Object.keys(refused.content)).toEqual(['application/json', 'application/problem+json']);
  });

  it('says in patterns and ranges what the schemas check in code', () => {
    const { Repay, NewTerms, AdvanceClock, Currency } = document.components.schemas;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });
    const repays = ajv.compile({ $ref: 'openapi#/components/schemas/Repay' });
    const repay = { amount: 1, currency: 'USD', date: '2025-08-30' };
    expect(repays(repay)).toBe(true);
    for (const wrong of [
      { currency: 'usd' },
      { date: '2025-8-30' },
      { reference: ' ' },
      { reference: 'a\0' },
      { extra: 1 },
    ])
      expect([wrong, repays({ ...repay, ...wrong })]).toEqual([wrong, false]);
    expect(Repay.additionalProperties).toBe(false);
    expect(NewTerms.properties.rate_bps.maximum).toBe(MAX_RATE_BPS);
    expect(AdvanceClock.oneOf).toHaveLength(2);
    expect(Currency.enum).toContain('USDC');
  });

  it('has a recorded example of every operation, which keeps to its schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });
    for (const { id, path, method, scope } of OPERATIONS) {
      const example = EXAMPLES[id];
      // an operation without one: give it its turn in test/examples/life.ts, then npm run docs:examples
      expect([id, example?.status]).toEqual([id, expect.any(Number)]);
      const fits = (value: unknown, schema: object): void => {
        const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
        expect([id, validate(value), validate.errors]).toEqual([id, true, null]);
      };
      const { responses, requestBody } = document.paths[path][method];
      const answers = responses[example?.status ?? 0].content?.['application/json'];
      if (requestBody !== undefined) fits(example?.body ?? {}, requestBody.content['application/json'].schema);
      expect([id, answers?.example]).toEqual([id, example?.answer]);
      if (example?.answer !== undefined) fits(example.answer, answers.schema);
      expect([id, scope === null || example?.status === 204 || example?.answer !== undefined]).toEqual([id, true]);
    }
    expect(Object.keys(EXAMPLES).sort()).toEqual(OPERATIONS.map(({ id }) => id).sort());
  });

  it('asks less of a request than it promises of an answer, where fields have defaults', () => {
    const { NewTerms, Terms } = document.components.schemas;
    expect(NewTerms.required).toEqual(['rate_bps', 'amortization']);
    expect(Terms.required).toContain('arrears');
  });

  it('has no sandbox in production', () => {
    const production = { ...loadConfig({}), mode: 'production' as const };
    const paths = operationsFor(production).map((operation) => operation.path);
    expect(paths.filter((path) => path.startsWith('/sandbox') || path.startsWith('/oauth'))).toEqual([]);
  });
});

it('has a page for every kind of problem', () => {
  for (const slug of Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]) {
    const [status, title] = PROBLEMS[slug];
    expect(problemPage(slug)).toContain(title);
    expect(problemPage(slug)).toContain(String(status));
  }
});
