import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** 16-bit parts of the network that whoever has one address of IPv6 has all of. */
const IPV6_NETWORK_PARTS = 4;

/** The address that a request came from, as limits count it: of IPv6, its network. Behind a proxy it is the proxy's. */
export function addressOf({ socket: { remoteAddress } }: Pick<IncomingMessage, 'socket'>): string {
  // a connection that was closed meanwhile has none
  if (remoteAddress === undefined) return 'unknown';
  const address = ipaddr.process(remoteAddress);
  return 'parts' in address ? address.parts.slice(0, IPV6_NETWORK_PARTS).join(':') : address.toString();
}
