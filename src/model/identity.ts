// SPIFFE IDs (https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md), the names that access is decided by.

export const TRUST_DOMAIN = "meshwise.local";

/** `spiffe://<trust-domain>/ns/<project>/sa/<service>` */
export function spiffeId(namespace: string, account: string): string {
  return `spiffe://${TRUST_DOMAIN}/ns/${namespace}/sa/${account}`;
}
