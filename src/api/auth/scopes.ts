export const SCOPES = [
  'pooledcredit:read',
  'pooledcredit:write',
  'loans:write',
  'loans:approve',
  'ledger:read',
  'ledger:write',
  'webhooks:write',
  'sandbox:write',
  'apikeys:write',
  'payloads:decode',
] as const;
export type Scope = (typeof SCOPES)[number];
