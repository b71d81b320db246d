/**
 * The parser's output as plain values: bytes become strings, one character a byte.
 *
 * @module
 */
import type { AuditEvent, Completion, SockAddr } from "../../src/flow/capture/audit-event.ts";
import { AuditParser } from "../../src/flow/capture/auditd/parser.ts";

type Options = ConstructorParameters<typeof AuditParser>[1];

export interface Collected {
  readonly events: Plain[];
  readonly uninterpreted: { line: string; reason: string; timeUs: number | null }[];
  readonly refused: { head: string; bytes: number }[];
  readonly counts: AuditParser["counts"];
}

export interface Plain {
  readonly node: string;
  readonly timeUs: number;
  readonly serial: number;
  readonly lines: number;
  readonly completion: Completion;
  readonly continuation: boolean;
  readonly syscall: Readonly<Record<string, unknown>> | null;
  readonly subject: Readonly<Record<string, unknown>> | null;
  readonly cwd: string | null;
  readonly paths: readonly Readonly<Record<string, unknown>>[];
  readonly args: readonly string[] | null;
  readonly argsWhole: boolean;
  readonly sockaddr: Readonly<Record<string, unknown>> | null;
  readonly proctitle: string | null;
  readonly fdPair: readonly number[] | null;
  readonly mmapFd: number;
  /** `TYPE`, then `name=value` in order; bytes in quotes. */
  readonly others: readonly (readonly string[])[];
}

/** Tables of the real size take longer to make than a test takes. */
const SMALL = { inFlightEventsMax: 2_048, recentEventsMax: 2_048 } as const;

/** A parser that collects, and what it collected so far. */
export function collector(options: Options = {}): { parser: AuditParser; collected: Collected } {
  const events: Plain[] = [];
  const uninterpreted: Collected["uninterpreted"] = [];
  const refused: Collected["refused"] = [];
  const parser = new AuditParser(
    {
      event: (event) => void events.push(plain(event)),
      uninterpreted: (line, reason, timeUs) =>
        void uninterpreted.push({ line: text(line), reason, timeUs }),
      refused: (head, bytes) => void refused.push({ head: text(head), bytes }),
    },
    { ...SMALL, ...options },
  );
  return { parser, collected: { events, uninterpreted, refused, counts: parser.counts } };
}

/** Everything that comes of `input`, fed in one piece or in chunks of `chunkBytes`. */
export function collect(input: string | Uint8Array, chunkBytes = 0, options?: Options): Collected {
  const bytes = typeof input === "string" ? Buffer.from(input, "latin1") : input;
  const { parser, collected } = collector(options);
  const step = chunkBytes > 0 ? chunkBytes : Math.max(bytes.length, 1);
  for (let at = 0; at < bytes.length; at += step) parser.feed(bytes.slice(at, at + step));
  parser.end();
  return collected;
}

/** The only event of `lines`, whose header is put before each. */
export function eventOf(...bodies: readonly string[]): Plain {
  const { events } = collect(bodies.map((body) => `${record(body)}\n`).join(""));
  const [event, ...more] = events;
  if (event === undefined || more.length > 0) throw new Error(`${events.length} events`);
  return event;
}

/** `TYPE rest` with a standard header between the two. */
export function record(body: string, stamp = "1700000000.123:7", node = ""): string {
  const space = body.indexOf(" ");
  const [type, rest] = space < 0 ? [body, ""] : [body.slice(0, space), body.slice(space)];
  return `${node === "" ? "" : `node=${node} `}type=${type} msg=audit(${stamp}):${rest}`;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function plain(event: AuditEvent): Plain {
  const { syscall } = event;
  const { subject = null, ...call } = syscall ?? {};
  return {
    node: event.node,
    timeUs: event.timeUs,
    serial: event.serial,
    lines: event.lines,
    completion: event.completion,
    continuation: event.continuation,
    syscall: syscall === null ? null : call,
    subject: subject === null ? null : strings(subject),
    cwd: textOrNull(event.cwd),
    paths: event.paths.map(({ item, info }) => ({ item, ...strings(info) })),
    args: event.args === null ? null : event.args.map(text),
    argsWhole: event.argsWhole,
    sockaddr: event.sockaddr === null ? null : address(event.sockaddr),
    proctitle: textOrNull(event.proctitle),
    fdPair: event.fdPair,
    mmapFd: event.mmapFd,
    others: event.others.map(({ type, fields }) => [
      type,
      ...fields.map(({ name, value }) =>
        value.kind === "number" ? `${name}=${value.value}` : `${name}="${text(value.value)}"`,
      ),
    ]),
  };
}

function address(value: SockAddr): Record<string, unknown> {
  return strings(value);
}

function strings(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, each]: [string, unknown]) => [
    key,
    each instanceof Uint8Array ? text(each) : each,
  ]);
  return Object.fromEntries(entries);
}

function textOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : text(bytes);
}
