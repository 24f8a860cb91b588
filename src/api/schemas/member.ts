import { z } from 'zod';
import { CONSENT_TYPES, type ConsentRow } from '../../members/consents';
import { MEMBER_STATUSES, MEMBER_TYPES, type Member } from '../../members/members';
import { amount, currency, currencyCode, id, instant, MEMBER_ID, money, name, timestamp } from '../fields';

const MAX_EMAIL = 254;
/** Characters of JSON: room for ids, times and a hash of what was signed, not for the document itself. */
const MAX_EVIDENCE = 4_000;

export const income = z
  .strictObject({ amount, currency })
  .meta({ id: 'Income', description: 'What the member earns in a month.' });

export const newMember = z
  .strictObject({
    id: z.string().regex(MEMBER_ID, 'must be mem_ and 1 to 40 letters or digits').optional(),
    type: z.enum(MEMBER_TYPES).default('PERSON'),
    name,
    email: z.email('must be an email address').max(MAX_EMAIL).optional(),
    income: income.optional(),
  })
  .meta({ id: 'NewMember' });

export const consentType = z.enum(CONSENT_TYPES);

export const newConsent = z
  .strictObject({
    type: consentType,
    pool_id: id.optional(),
    granted_at: timestamp.optional(),
    expires_at: timestamp.optional(),
    evidence: z
      .record(z.string(), z.unknown())
      .refine((evidence) => JSON.stringify(evidence).length <= MAX_EVIDENCE, {
        error: `must be at most ${MAX_EVIDENCE} characters of JSON`,
        params: { code: 'out-of-range' },
      })
      .optional()
      .meta({ description: `What shows it: the caller's own, up to ${MAX_EVIDENCE} characters of JSON.` }),
  })
  .meta({ id: 'NewConsent' });

export const consent = z
  .strictObject({
    type: consentType,
    pool_id: z.string().optional(),
    granted_at: instant,
    expires_at: instant.optional(),
    revoked_at: instant.optional(),
    evidence: z.record(z.string(), z.unknown()).optional().meta({ description: 'Left out in lists of members.' }),
  })
  .meta({ id: 'Consent' });

export const member = z
  .strictObject({
    id: z.string(),
    org: z.string(),
    type: z.enum(MEMBER_TYPES),
    name: z.string(),
    email: z.string().optional(),
    status: z.enum(MEMBER_STATUSES),
    trust_score: z.int(),
    income: z.strictObject({ amount: money, currency: currencyCode }).optional(),
    consents: z.array(consent),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Member' });

export const trustScore = z.strictObject({ score: z.int().min(0).max(100) }).meta({ id: 'TrustScore' });

export function showConsent(row: ConsentRow): z.input<typeof consent> {
  return {
    type: row.type,
    ...(row.pool_id === null ? {} : { pool_id: row.pool_id }),
    granted_at: row.granted_at.toISOString(),
    ...(row.expires_at === null ? {} : { expires_at: row.expires_at.toISOString() }),
    ...(row.revoked_at === null ? {} : { revoked_at: row.revoked_at.toISOString() }),
    ...(row.evidence === null ? {} : { evidence: row.evidence }),
  };
}

export function showMember(row: Member): z.input<typeof member> {
  return {
    id: row.id,
    org: row.org_id,
    type: row.type,
    name: row.name,
    ...(row.email === null ? {} : { email: row.email }),
    status: row.status,
    trust_score: row.trust_score,
    ...(row.income_amount === null || row.income_currency === null
      ? {}
      : { income: { amount: row.income_amount, currency: row.income_currency } }),
    consents: row.consents.map(showConsent),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
