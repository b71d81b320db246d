/**
 * A proxy in front of a real server, which spoils requests on their way: it answers 500 in its
 * place, forwards the request and never answers, or cuts the body of the answer short.
 *
 * @module
 */
import {
  createServer,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export type ProxyFault = "500" | "503 after" | "no answer" | "cut" | "cut and lie" | "redirect";

export class FaultProxy implements AsyncDisposable {
  /** Asked for each request. */
  faultFor: (method: string, path: string) => ProxyFault | null = () => null;
  requests = 0;
  readonly #target: number;
  readonly #server: Server;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
  }

  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    const { promise, resolve } = Promise.withResolvers<void>();
    proxy.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return proxy;
  }

  get endpoint(): string {
    // It listens on a port, so that its address is no path.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    this.requests += 1;
    const { method = "", url = "", headers } = asked;
    const fault = this.faultFor(method, url);
    if (fault === "500" || fault === "redirect") {
      asked.resume();
      const to = { location: `http://127.0.0.1:${this.#target}${url}` };
      answer.writeHead(fault === "500" ? 500 : 307, fault === "500" ? {} : to).end();
      return;
    }
    const options = { host: "127.0.0.1", port: this.#target, method, path: url, headers };
    const forwarded = send(options, (answered) => {
      const chunks: Buffer[] = [];
      answered.on("data", (chunk: Buffer) => void chunks.push(chunk));
      answered.on("end", () => reply(answer, fault, answered, Buffer.concat(chunks)));
    });
    forwarded.on("error", () => void answer.destroy());
    asked.pipe(forwarded);
  }
}

function reply(
  answer: ServerResponse,
  fault: ProxyFault | null,
  answered: IncomingMessage,
  body: Buffer,
): void {
  const { statusCode = 500, headers } = answered;
  if (fault === "no answer") return;
  if (fault === "503 after") {
    answer.writeHead(503).end();
    return;
  }
  const half = body.subarray(0, body.length >> 1);
  if (fault === "cut and lie") {
    answer.writeHead(statusCode, { ...headers, "content-length": half.length }).end(half);
    return;
  }
  answer.writeHead(statusCode, headers);
  if (fault !== "cut") {
    answer.end(body);
    return;
  }
  answer.write(half, () => void answer.destroy());
}
