/**
 * System calls of riscv64: each line is a number, then the names from there on.
 *
 * Written by tools/make-syscall-tables.ts from the kernel's headers.
 *
 * @module
 */

export const SYSCALLS: readonly string[] = [
  "0 io_setup io_destroy io_submit io_cancel io_getevents setxattr lsetxattr fsetxattr",
  "8 getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr",
  "16 fremovexattr getcwd lookup_dcookie eventfd2 epoll_create1 epoll_ctl epoll_pwait dup",
  "24 dup3 fcntl64 inotify_init1 inotify_add_watch inotify_rm_watch ioctl ioprio_set",
  "31 ioprio_get flock mknodat mkdirat unlinkat symlinkat linkat",
  "39 umount2 mount pivot_root nfsservctl statfs64 fstatfs64 truncate64 ftruncate64 fallocate",
  "48 faccessat chdir fchdir chroot fchmod fchmodat fchownat fchown openat close vhangup",
  "59 pipe2 quotactl getdents64 llseek read write readv writev pread64 pwrite64 preadv",
  "70 pwritev sendfile64 pselect6 ppoll signalfd4 vmsplice splice tee readlinkat fstatat64",
  "80 fstat64 sync fsync fdatasync sync_file_range timerfd_create timerfd_settime",
  "87 timerfd_gettime utimensat acct capget capset personality exit exit_group waitid",
  "96 set_tid_address unshare futex set_robust_list get_robust_list nanosleep getitimer",
  "103 setitimer kexec_load init_module delete_module timer_create timer_gettime",
  "109 timer_getoverrun timer_settime timer_delete clock_settime clock_gettime clock_getres",
  "115 clock_nanosleep syslog ptrace sched_setparam sched_setscheduler sched_getscheduler",
  "121 sched_getparam sched_setaffinity sched_getaffinity sched_yield sched_get_priority_max",
  "126 sched_get_priority_min sched_rr_get_interval restart_syscall kill tkill tgkill",
  "132 sigaltstack rt_sigsuspend rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait",
  "138 rt_sigqueueinfo rt_sigreturn setpriority getpriority reboot setregid setgid setreuid",
  "146 setuid setresuid getresuid setresgid getresgid setfsuid setfsgid times setpgid getpgid",
  "156 getsid setsid getgroups setgroups uname sethostname setdomainname getrlimit setrlimit",
  "165 getrusage umask prctl getcpu gettimeofday settimeofday adjtimex getpid getppid getuid",
  "175 geteuid getgid getegid gettid sysinfo mq_open mq_unlink mq_timedsend mq_timedreceive",
  "184 mq_notify mq_getsetattr msgget msgctl msgrcv msgsnd semget semctl semtimedop semop",
  "194 shmget shmctl shmat shmdt socket socketpair bind listen accept connect getsockname",
  "205 getpeername sendto recvfrom setsockopt getsockopt shutdown sendmsg recvmsg readahead",
  "214 brk munmap mremap add_key request_key keyctl clone execve mmap2 fadvise64_64 swapon",
  "225 swapoff mprotect msync mlock munlock mlockall munlockall mincore madvise",
  "234 remap_file_pages mbind get_mempolicy set_mempolicy migrate_pages move_pages",
  "240 rt_tgsigqueueinfo perf_event_open accept4 recvmmsg",
  "259 riscv_flush_icache wait4 prlimit64 fanotify_init fanotify_mark name_to_handle_at",
  "265 open_by_handle_at clock_adjtime syncfs setns sendmmsg process_vm_readv",
  "271 process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp",
  "278 getrandom memfd_create bpf execveat userfaultfd membarrier mlock2 copy_file_range",
  "286 preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx io_pgetevents rseq",
  "294 kexec_file_load",
  "424 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount",
  "430 fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd",
  "439 faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd",
  "444 landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret",
  "448 process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2",
  "453 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount",
  "459 lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat",
  "465 listxattrat removexattrat open_tree_attr file_getattr file_setattr",
];
