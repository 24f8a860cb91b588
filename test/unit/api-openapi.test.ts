import Ajv2020 from 'ajv/dist/2020';
import { openApi } from '../../src/api/openapi';
import { OPERATIONS, operationsFor } from '../../src/api/operations';
import { PROBLEMS } from '../../src/api/problem';
import { problemPage } from '../../src/api/problem-pages';
import { loadConfig } from '../../src/config';

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
  pause-delinquency promise-to-pay reschedule re-age re-amortize refinance write-off recover charge-off undo-reschedule
  undo-refinance undo-write-off holds release-hold lock unlock`
    .split(/\s+/)
    .map((verb) => `POST /loans/{id}/${verb}`);

const PROMISED = `
  POST /creditpools, GET /creditpools, GET /creditpools/{id}, POST /creditpools/{id}/suspend, POST /creditpools/{id}/resume,
  POST /creditpools/{id}/close, POST /creditpools/{id}/contributions, GET /creditpools/{id}/contributions,
  POST /creditpools/{id}/loans, GET /creditpools/{id}/loans, GET /creditpools/{id}/audit, GET /loans, GET /loans/{id},
  PUT /loans/{id}, GET /loans/{id}/schedule, GET /loans/{id}/transactions, GET /loans/{id}/payoff, POST /schedules/preview,
  POST /loans/{id}/approve, POST /loans/{id}/decline, POST /loans/{id}/cancel, POST /loans/{id}/disburse,
  POST /loans/{id}/repay, GET /jobs/{id}, POST /members, GET /members, GET /members/{id},
  PUT /members/{id}/trust-score, POST /members/{id}/consents, DELETE /members/{id}/consents/{type}, GET /ledger/accounts,
  GET /ledger/entries, GET /ledger/entries/{id}, GET /ledger/trial-balance, GET /sandbox/clock, POST /sandbox/clock/advance,
  POST /sandbox/payouts, GET /healthz, GET /readyz, GET /metrics, GET /openapi.json, GET /problems/{slug}, POST /oauth/token,
  GET /.well-known/jwks.json, POST /products, GET /products, GET /products/{id}, PUT /products/{id}`
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
    expect(repay.security).toEqual([{ oauth: ['loans:write'] }]);
    expect(repay.parameters.map((each: { name: string }) => each.name)).toEqual([
      'id',
      'X-Request-Id',
      'Idempotency-Key',
    ]);
    expect(repay.requestBody.required).toBe(true);
    expect(document.paths['/loans/{id}/approve'].post.requestBody.required).toBe(false);
    for (const operation of OPERATIONS)
      expect(operation.path.match(/\{\w+\}/g)?.length ?? 0).toBe(
        (document.paths[operation.path][operation.method].parameters ?? []).filter(
          (each: { in: string }) => each.in === 'path',
        ).length,
      );
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
