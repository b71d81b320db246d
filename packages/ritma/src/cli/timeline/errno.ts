/**
 * Names of errno values, as the kernel numbers them on every architecture whose audit records we
 * read (asm-generic/errno-base.h, asm-generic/errno.h).
 *
 * Other ports count otherwise above 34 (MIPS, Alpha, PA-RISC, SPARC), and on PowerPC 58 is
 * EDEADLOCK where it is nothing here. A host that reads the log may number them in yet another way,
 * so its own table is not asked.
 *
 * @module
 */

/** From 1 on; "" where there is none. */
const NAMES: readonly string[] = (
  "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT " +
  "ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG " +
  "ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY " +
  "ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR " +
  "EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE " +
  "ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG " +
  "ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK " +
  "EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP " +
  "EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET " +
  "ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT " +
  "ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL " +
  "EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED " +
  "EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON"
)
  .split(" ")
  .map((name) => (name === "-" ? "" : name));

/** What a system call that a signal interrupted returns inside the kernel; never seen outside. */
const INSIDE: ReadonlyMap<number, string> = new Map([
  [512, "ERESTARTSYS"],
  [513, "ERESTARTNOINTR"],
  [514, "ERESTARTNOHAND"],
  [516, "ERESTART_RESTARTBLOCK"],
]);

/** A call that failed, and whose record does not say how. */
export const ERRNO_UNKNOWN = 255;
export const EPERM = 1;
export const EACCES = 13;

/** @returns "ENOENT" for 2; null for a number without a name. */
export function errnoName(errno: number): string | null {
  const name = NAMES[errno - 1] ?? INSIDE.get(errno) ?? "";
  return name === "" ? null : name;
}

/** True when the kernel refused, as opposed to when there was nothing to do it to. */
export function isDenied(ret: number): boolean {
  return ret === EPERM || ret === EACCES;
}
