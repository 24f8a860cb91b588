import { Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** What a local network has, beside public addresses; a sandbox may call them. Link-local ones, where clouds hand out their keys, are never called. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** 2000::/3 is all that was ever given out: what is elsewhere, such as ::7f00:1, leads into old ways of writing IPv4. */
const PUBLIC_IPV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Whether an address may be called: a public unicast one, or one of the own network where `allowPrivate`. */
export function isCallable(address: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (allowPrivate && PRIVATE_RANGES.has(range)) return true;
  return range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(PUBLIC_IPV6));
}

/** Finds the addresses of a host. @throws Error where there are none, or nobody answered before `signal` */
export type Resolve = (host: string, signal: AbortSignal) => Promise<string[]>;

const LOOPBACK = ['127.0.0.1', '::1'];
/** A query that got lost is repeated once before the caller's own time is over. */
const QUERY_TIMEOUT_MS = 3_000;
const QUERY_TRIES = 2;

/**
 * The addresses that DNS has for a host; `localhost` is this machine (RFC 6761).
 *
 * The system's own resolver would be asked on one of four threads that the whole process shares: names whose servers do not
 * answer would hold up everybody.
 */
export const resolveByDns: Resolve = async (host, signal) => {
  if (/^(?:.+\.)?localhost\.?$/.test(host)) return LOOPBACK;
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    return addresses;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
