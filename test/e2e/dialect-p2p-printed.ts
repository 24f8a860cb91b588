// The requests of the P2P document, each as it is printed.

const base = 'https://api.usmewe.com';

const requests = {
  create: `curl -X POST "${base}/v1/loans" \\
-H "Authorization: Bearer YOUR_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"amount": 50,
"duration": 14,
"purpose": "Emergency expense"
}'`,
  details: `curl -X GET "${base}/v1/loans/{loanId}" \\
-H "Authorization: Bearer YOUR_TOKEN"`,
  list: `curl -X GET "${base}/v1/loans?status=active&limit=10" \\
-H "Authorization: Bearer YOUR_TOKEN"`,
  eligibility: `curl -X GET "${base}/v1/loans/eligibility" \\
-H "Authorization: Bearer YOUR_TOKEN"`,
  repay: `curl -X POST "${base}/v1/loans/{loanId}/repay" \\
-H "Authorization: Bearer YOUR_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"amount": 51.35
}'`,
  repayPart: `curl -X POST "${base}/v1/loans/{loanId}/repay" \\
-H "Authorization: Bearer YOUR_TOKEN" \\
-d '{"amount": 25}'`,
  payoff: `curl -X GET "${base}/v1/loans/{loanId}/payoff" \\
-H "Authorization: Bearer YOUR_TOKEN"`,
  cancel: `curl -X POST "${base}/v1/loans/{loanId}/cancel" \\
-H "Authorization: Bearer YOUR_TOKEN"`,
  extension: `curl -X POST "${base}/v1/loans/{loanId}/extension" \\
-H "Authorization: Bearer YOUR_TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"days": 7,
"reason": "Medical emergency"
}'`,
} as const;

export type Printed = keyof typeof requests;

/** A request as it stands, but for what differs from one caller to the next. */
export const printed = (
  name: Printed,
  { url, token, loanId = '' }: { url: string; token: string; loanId?: string },
): string => requests[name].replace(base, `${url}/p2p`).replace('YOUR_TOKEN', token).replace('{loanId}', loanId);
