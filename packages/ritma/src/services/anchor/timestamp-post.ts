/**
 * Asks a time-stamping authority over HTTP (RFC 3161 §3.4): the only network that Ritma uses by
 * itself, and only when an authority was named.
 *
 * The authority and whoever stands between may send anything, slowly, or never end: time and bytes
 * are bounded, and no redirect is followed, since it would decide whom we ask.
 *
 * @module
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { RitmaError } from "../../base/error.ts";
import { TIMESTAMP_BYTES_MAX, TIMESTAMP_MS } from "../../base/limits.ts";
import { escapeText } from "../../base/text.ts";

const OK = 200;
const REPLY_TYPE = "application/timestamp-reply";

/** @param ms for all of it, from the look-up of the name on @throws RitmaError `anchor/refused` */
export async function postForTimeStamp(
  url: URL,
  request: Uint8Array,
  ms: number = TIMESTAMP_MS,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(ms);
  const shown = escapeText(url.href);
  try {
    const response = await send(url, request, signal);
    return await bodyOf(response, shown);
  } catch (cause) {
    if (cause instanceof RitmaError) throw cause;
    if (!(cause instanceof Error)) throw cause;
    const why = signal.aborted ? `no whole reply within ${ms / 1000} s` : cause.message;
    throw new RitmaError("anchor/refused", `${shown}: ${escapeText(why)}`, { cause });
  }
}

async function send(url: URL, request: Uint8Array, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    "content-type": "application/timestamp-query",
    "content-length": request.length,
    accept: REPLY_TYPE,
  };
  // A connection of its own, which ends with the reply.
  const options = { method: "POST", headers, signal, agent: false as const };
  return await new Promise((resolve, reject) => {
    const sent = url.protocol === "https:" ? requestHttps(url, options) : requestHttp(url, options);
    sent.once("response", resolve);
    sent.once("error", reject);
    sent.end(request);
  });
}

async function bodyOf(response: IncomingMessage, shown: string): Promise<Uint8Array> {
  const refuse = (why: string): RitmaError => {
    response.destroy();
    return new RitmaError("anchor/refused", `${shown}: ${why}`);
  };
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400) {
    throw refuse(`sends elsewhere (status ${statusCode}), which is not followed`);
  }
  if (statusCode !== OK) throw refuse(`answers with status ${statusCode}`);
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== REPLY_TYPE) {
    throw refuse(`answers with "${escapeText((type ?? "").slice(0, 100))}", not a time stamp`);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response) {
    if (!(part instanceof Uint8Array)) continue;
    length += part.length;
    if (length > TIMESTAMP_BYTES_MAX) {
      throw refuse(`answers with more than ${TIMESTAMP_BYTES_MAX} bytes`);
    }
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
