import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Document, generateClient } from '../../client/generate';
import { openApi } from '../../src/api/openapi';
import { OPERATIONS } from '../../src/api/operations';
import { formatted } from '../formatted';

const FILE = path.join(__dirname, '../../client/generated.ts');
it('is what the generator makes of the OpenAPI document', () => {
  const made = formatted(FILE, generateClient(JSON.parse(JSON.stringify(openApi(OPERATIONS))) as Document));
  if (process.env.UPDATE_CLIENT !== undefined) writeFileSync(FILE, made);
  // a difference means: npm run client
  expect(readFileSync(FILE, 'utf8') === made).toBe(true);
});

it('refuses a schema that it does not know', () => {
  const schemas = { Odd: { type: 'tuple' } };
  const parameters = [{ name: 'Tenor-Version', in: 'header', required: false, schema: { enum: ['2026-06-01'] } }];
  const operation = { operationId: 'a', summary: 'A.', security: [], parameters, responses: { 204: {} } };
  const document = { paths: { '/a': { get: operation } }, components: { schemas } } as unknown as Document;
  expect(() => generateClient(document)).toThrow('tuple');
});
