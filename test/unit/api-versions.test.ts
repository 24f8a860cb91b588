import { z } from 'zod';
import { listOf } from '../../src/api/fields';
import { openApi } from '../../src/api/openapi';
import { OPERATIONS } from '../../src/api/operations';
import { loan } from '../../src/api/schemas/loan';
import { answerIn, shimOf } from '../../src/api/versions/shims';
import { API_VERSIONS, CHANGES, NEWEST } from '../../src/api/versions/versions';

const OLD = '2026-06-01';
const fields = { id: 'loan_1', disbursement_date: '2026-01-01', etag: '"1"' };
const before = { id: 'loan_1', disbursed_on: '2026-01-01', etag: '"1"' };

it('versions are days, the newest last, and changes are newest first', () => {
  expect([...API_VERSIONS].sort()).toEqual([...API_VERSIONS]);
  expect(API_VERSIONS.at(-1)).toBe(NEWEST);
  const brought = CHANGES.map(({ version }) => version);
  expect([...brought].sort().reverse()).toEqual(brought);
});

describe('an answer in an older version', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['of a loan', loan, fields, before],
    [
      'of a list',
      listOf(loan),
      { data: [fields, fields], next_cursor: null },
      { data: [before, before], next_cursor: null },
    ],
    [
      'of something around it',
      z.strictObject({ a: z.strictObject({ b: loan.nullable(), c: loan.optional() }).optional(), d: z.int() }),
      { a: { b: fields, c: fields }, d: 1 },
      { a: { b: before, c: before }, d: 1 },
    ],
    [
      'of nothing in its place',
      z.strictObject({ a: loan.nullable(), b: z.int() }),
      { a: null, b: 2 },
      { a: null, b: 2 },
    ],
    ['of what did not change', z.strictObject({ disbursement_date: z.string() }), fields, fields],
  ])('%s', (_, schema, answer, expected) => {
    expect(JSON.stringify(answerIn(OLD, schema, answer))).toBe(JSON.stringify(expected));
    expect(answerIn(NEWEST, schema, answer)).toBe(answer);
  });

  it('has no field that a loan has not', () => {
    expect(answerIn(OLD, loan, { id: 'loan_1' })).toEqual({ id: 'loan_1' });
  });

  it('is made wherever a loan is answered, and nowhere else', () => {
    const document = openApi(OPERATIONS) as { paths: Record<string, Record<string, { operationId: string }>> };
    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const naming = described.filter(({ operationId: _, ...rest }) =>
      JSON.stringify((rest as { responses?: unknown }).responses).includes('"#/components/schemas/Loan"'),
    );
    const shimmed = OPERATIONS.filter(({ answers }) =>
      Object.values(answers).some(({ schema }) => schema !== undefined && shimOf(OLD, schema) !== null),
    );
    expect(shimmed.length).toBeGreaterThan(10);
    expect(shimmed.map(({ id }) => id).sort()).toEqual(naming.map(({ operationId }) => operationId).sort());
  });
});
