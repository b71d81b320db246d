/**
 * Where the object store's credentials come from: the environment, or a file that only we can read.
 * Never an argument, which every process of the host can see, and never a log.
 *
 * The names are those of other S3 programs, so that one file serves all of them.
 *
 * @module
 */
import { decodeUtf8, FormatError } from "@ritma/evidence";
import type { Disk } from "../../../base/disk/disk.ts";
import { RitmaError } from "../../../base/error.ts";
import { CONFIG_BYTES_MAX } from "../../../base/limits.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const NAMES = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"] as const;
const OTHERS_BITS = 0o077;

/** @throws RitmaError `config/bad` when there are none */
export function credentialsFrom(
  environment: Readonly<Record<string, string | undefined>>,
): S3Credentials {
  return complete(
    "the environment",
    NAMES.map((name) => environment[name.toUpperCase()]),
  );
}

/** @param path of an AWS credentials file; its section `[default]` is read. */
export async function credentialsIn(disk: Disk, path: string): Promise<S3Credentials> {
  const { mode, isOurs } = await disk.access(path);
  if (!isOurs || (mode & OTHERS_BITS) !== 0) {
    throw new RitmaError("config/bad", `${path} can be read by others: chown it, chmod 600`);
  }
  const lines = textOf(path, await disk.read(path, CONFIG_BYTES_MAX)).split("\n");
  const values = new Map<string, string>();
  let isDefault = true;
  for (const line of lines) {
    const [, section] = /^\s*\[([^\]]*)\]\s*$/u.exec(line) ?? [];
    if (section !== undefined) isDefault = section.trim() === "default";
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/u.exec(line) ?? [];
    if (isDefault && name !== undefined && value !== undefined) values.set(name, value);
  }
  return complete(
    path,
    NAMES.map((name) => values.get(name)),
  );
}

function complete(where: string, values: readonly (string | undefined)[]): S3Credentials {
  const [accessKeyId = "", secretAccessKey = "", sessionToken = ""] = values;
  if (accessKeyId === "" || secretAccessKey === "") {
    const [id, secret] = NAMES;
    throw new RitmaError("config/bad", `${where} has no ${id} and ${secret}`);
  }
  if (sessionToken === "") return { accessKeyId, secretAccessKey };
  return { accessKeyId, secretAccessKey, sessionToken };
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes, 0, bytes.length);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new RitmaError("config/bad", `${path} is no text`, { cause: error });
  }
}
