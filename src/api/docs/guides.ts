/** The guides for integrators, in the order in which to read them: files of the folder docs/. */
export const GUIDES = [
  { name: 'quick-start', title: 'Quick start' },
  { name: 'idempotency', title: 'Idempotency' },
  { name: 'webhooks', title: 'Webhooks' },
  { name: 'errors', title: 'Errors' },
  { name: 'sandbox-clock', title: 'Sandbox clock' },
] as const;
