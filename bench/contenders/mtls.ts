// HAProxy → mTLS → HAProxy, as a mesh of sidecars does it: the caller's proxy encrypts, the service's decrypts, each shows a
// certificate and checks the other's. TLS 1.3 only, and connections between the two are kept.
import { runPinned } from "../support/children.ts";
import { freePort } from "../support/loopback.ts";
import { type Contender, LOAD_CORE } from "./contender.ts";
import { haproxyLabel, INSIDE, startHaproxy } from "./haproxy.ts";

export const mtlsPair: Contender = {
  name: "haproxy-mtls",
  label: () => `${haproxyLabel()} → mTLS → ${haproxyLabel()}`,
  async start({ folder, core, backendPort }) {
    await makeCertificates(folder);
    const port = freePort();
    const between = freePort();
    const checks = `ca-file ${folder}/ca.pem verify required ssl-min-ver TLSv1.3`;
    const server = await startHaproxy({ folder, core }, "mtls-server", {
      port: between,
      server: `127.0.0.1:${backendPort}`,
      mode: "http",
      bind: `ssl crt ${folder}/server.pem ${checks}`,
    });
    const client = await startHaproxy({ folder, core }, "mtls-client", {
      port,
      server: `127.0.0.1:${between} ssl crt ${folder}/client.pem verifyhost server ${checks}`,
      mode: "http",
      rules: INSIDE,
    });
    return { children: [client, server], port };
  },
};

/** ECDSA P-256, as SPIFFE identities mostly have. Makes ca.pem, client.pem and server.pem, the latter two with their keys. */
async function makeCertificates(folder: string): Promise<void> {
  await runPinned(LOAD_CORE, ["sh", "-euc", SCRIPT, "sh", folder]);
}

const SCRIPT = `
cd "$1"
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj /CN=bench-ca
for name in client server; do
  openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
  printf 'subjectAltName=DNS:%s' $name > $name.ext
  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $name.crt -days 2 -extfile $name.ext
  cat $name.crt $name.key > $name.pem
done
`;
