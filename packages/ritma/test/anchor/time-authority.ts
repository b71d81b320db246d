/**
 * Time-stamping authorities made with `openssl`: good ones, and ones that no authority should be.
 *
 * `openssl ts -reply` answers as a proper authority does; `openssl cms -sign` signs whatever is
 * asked for; `openssl ts -verify` is the other opinion.
 *
 * @module
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../../../tools/install.ts";
import { timeStampReply } from "./der.ts";

/** For `skipLoudly`; null when all is there. */
export function opensslMissing(): string | null {
  if (!hasOpenssl()) installPackages(["openssl"]);
  return hasOpenssl() ? null : "openssl (apt install openssl)";
}

function hasOpenssl(): boolean {
  return spawnSync("openssl", ["version"]).status === 0;
}

/** Who a certificate is by and for. */
export interface Issued {
  /** Name of the files; also the common name unless another is given. */
  readonly name: string;
  readonly commonName?: string;
  /** Null for a root. */
  readonly by: string | null;
  /** Lines of the extensions. */
  readonly extensions: readonly string[];
  /** "20200101000000Z". */
  readonly from?: string;
  readonly until?: string;
  /** Of another certificate, whose key it is for. */
  readonly key?: string;
  /** True when its key was made already. */
  readonly hasKey?: boolean;
}

export const AUTHORITY = [
  "basicConstraints=critical,CA:TRUE",
  "keyUsage=critical,keyCertSign,cRLSign",
  "subjectKeyIdentifier=hash",
] as const;
export const STAMPING = ["extendedKeyUsage=critical,timeStamping"] as const;

export interface Signed {
  readonly signers?: readonly string[];
  readonly certificates?: readonly string[];
  readonly digest?: string;
  readonly contentType?: string;
  /** False leaves out which certificate signed. */
  readonly ess?: boolean;
}

const TST_INFO = "1.2.840.113549.1.9.16.1.4";

export class TimeAuthority implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "ritma-tsa-"));

  constructor() {
    writeFileSync(this.path("index"), "");
    writeFileSync(this.path("serial"), "01\n");
    const ca = [
      "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nserial=serial\nnew_certs_dir=.",
      "default_md=sha256\npolicy=p\nunique_subject=no\nemail_in_dn=no\n[p]\ncommonName=supplied\n",
    ];
    writeFileSync(this.path("ca.cnf"), ca.join("\n"));
    this.issue({ name: "root", by: null, extensions: AUTHORITY });
    this.issue({ name: "stamper", by: "root", extensions: STAMPING });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  issue(issued: Issued): void {
    const { name, commonName = name, by, extensions, from, until, key = name } = issued;
    if (key === name && issued.hasKey !== true) {
      const curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"];
      this.openssl(["genpkey", "-algorithm", "EC", ...curve, "-out", `${name}.key`]);
    }
    const subject = ["-subj", `/CN=${commonName}`];
    this.openssl(["req", "-new", "-key", `${key}.key`, "-out", `${name}.csr`, ...subject]);
    writeFileSync(this.path(`${name}.ext`), `${extensions.join("\n")}\n`);
    const signer =
      by === null ? ["-selfsign", "-keyfile", `${key}.key`] : ["-cert", `${by}.pem`, "-keyfile"];
    this.openssl([
      ..."ca -batch -notext -config ca.cnf".split(" "),
      ...`-in ${name}.csr -out ${name}.pem -extfile ${name}.ext`.split(" "),
      ...`-startdate ${from ?? "20200101000000Z"}`.split(" "),
      ...`-enddate ${until ?? "20991231000000Z"}`.split(" "),
      ...(by === null ? signer : [...signer, `${by}.key`]),
    ]);
  }

  /** What a proper authority answers to a request. */
  reply(query: Uint8Array, name = "stamper"): Uint8Array {
    const settings = [
      "[tsa]\ndefault_tsa=t\n[t]\nserial=tsaserial\ncrypto_device=builtin",
      `signer_cert=${name}.pem\ncerts=root.pem\nsigner_key=${name}.key\nsigner_digest=sha256`,
      "default_policy=1.2.3.4.1\ndigests=sha256\ness_cert_id_alg=sha256\n",
    ];
    writeFileSync(this.path("ts.cnf"), settings.join("\n"));
    writeFileSync(this.path("query.tsq"), query);
    this.openssl("ts -reply -queryfile query.tsq -config ts.cnf -out reply.tsr".split(" "));
    return readFileSync(this.path("reply.tsr"));
  }

  /** A reply with any content, signed by anybody. */
  sign(content: Uint8Array, signed: Signed = {}): Uint8Array {
    const { signers = ["stamper"], certificates = [], digest = "sha256" } = signed;
    const { contentType = TST_INFO, ess = true } = signed;
    writeFileSync(this.path("content.der"), content);
    writeFileSync(
      this.path("more.pem"),
      certificates.map((name) => readFileSync(this.path(`${name}.pem`))).join("\n"),
    );
    this.openssl([
      ...`cms -sign -binary -nodetach -nosmimecap -md ${digest}`.split(" "),
      ...`-econtent_type ${contentType} -in content.der`.split(" "),
      ..."-outform DER -out token.der".split(" "),
      ...(ess ? ["-cades"] : []),
      ...(certificates.length === 0 ? [] : ["-certfile", "more.pem"]),
      ...signers.flatMap((name) => ["-signer", `${name}.pem`, "-inkey", `${name}.key`]),
    ]);
    return timeStampReply(readFileSync(this.path("token.der")));
  }

  /** What `openssl ts -verify` says. @param at seconds since 1970 */
  verifies(reply: Uint8Array, stamped: Uint8Array, root = "root", at?: number): boolean {
    writeFileSync(this.path("checked.tsr"), reply);
    writeFileSync(this.path("stamped"), stamped);
    const time = at === undefined ? [] : ["-attime", String(at)];
    const args = ["ts", "-verify", "-in", "checked.tsr", "-data", "stamped"];
    args.push("-CAfile", `${root}.pem`, ...time);
    return spawnSync("openssl", args, { cwd: this.dir }).status === 0;
  }

  openssl(args: readonly string[]): void {
    const { status, stderr } = spawnSync("openssl", args, { cwd: this.dir, encoding: "utf8" });
    assert.equal(status, 0, `openssl ${args.join(" ")}\n${stderr}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A server on this host, for as long as it is not disposed. */
export async function serving(
  answer: RequestListener,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}/tsr`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** Answers requests as `reply` does. */
export function stamping(reply: (query: Uint8Array) => Uint8Array): RequestListener {
  return (request, response) => {
    const parts: Uint8Array[] = [];
    request.on("data", (part: Uint8Array) => void parts.push(part));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/timestamp-reply" });
      response.end(reply(Buffer.concat(parts)));
    });
  };
}
