export type { Answer, CallInput, CallOptions, OperationSpec, ReplaceOptions, TenorSettings } from './client';
export { TenorProblem, TenorUnreachable } from './errors';
export * from './generated';
export { type Page, paginate } from './paginate';
export type { Retries } from './retries';
export { type Credentials, TokenRefused } from './token';
