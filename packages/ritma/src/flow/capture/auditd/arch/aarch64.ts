/**
 * System calls of aarch64: each line is a number, then the names from there on.
 *
 * Written by tools/make-syscall-tables.ts from the kernel's headers.
 *
 * @module
 */

export const SYSCALLS: readonly string[] = [
  "0 io_setup io_destroy io_submit io_cancel io_getevents setxattr lsetxattr fsetxattr",
  "8 getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr",
  "16 fremovexattr getcwd lookup_dcookie eventfd2 epoll_create1 epoll_ctl epoll_pwait dup",
  "24 dup3 fcntl inotify_init1 inotify_add_watch inotify_rm_watch ioctl ioprio_set ioprio_get",
  "32 flock mknodat mkdirat unlinkat symlinkat linkat renameat umount2 mount pivot_root",
  "42 nfsservctl statfs fstatfs truncate ftruncate fallocate faccessat chdir fchdir chroot",
  "52 fchmod fchmodat fchownat fchown openat close vhangup pipe2 quotactl getdents64 lseek",
  "63 read write readv writev pread64 pwrite64 preadv pwritev sendfile pselect6 ppoll",
  "74 signalfd4 vmsplice splice tee readlinkat newfstatat fstat sync fsync fdatasync",
  "84 sync_file_range timerfd_create timerfd_settime timerfd_gettime utimensat acct capget",
  "91 capset personality exit exit_group waitid set_tid_address unshare futex set_robust_list",
  "100 get_robust_list nanosleep getitimer setitimer kexec_load init_module delete_module",
  "107 timer_create timer_gettime timer_getoverrun timer_settime timer_delete clock_settime",
  "113 clock_gettime clock_getres clock_nanosleep syslog ptrace sched_setparam",
  "119 sched_setscheduler sched_getscheduler sched_getparam sched_setaffinity",
  "123 sched_getaffinity sched_yield sched_get_priority_max sched_get_priority_min",
  "127 sched_rr_get_interval restart_syscall kill tkill tgkill sigaltstack rt_sigsuspend",
  "134 rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigreturn",
  "140 setpriority getpriority reboot setregid setgid setreuid setuid setresuid getresuid",
  "149 setresgid getresgid setfsuid setfsgid times setpgid getpgid getsid setsid getgroups",
  "159 setgroups uname sethostname setdomainname getrlimit setrlimit getrusage umask prctl",
  "168 getcpu gettimeofday settimeofday adjtimex getpid getppid getuid geteuid getgid getegid",
  "178 gettid sysinfo mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr",
  "186 msgget msgctl msgrcv msgsnd semget semctl semtimedop semop shmget shmctl shmat shmdt",
  "198 socket socketpair bind listen accept connect getsockname getpeername sendto recvfrom",
  "208 setsockopt getsockopt shutdown sendmsg recvmsg readahead brk munmap mremap add_key",
  "218 request_key keyctl clone execve mmap fadvise64 swapon swapoff mprotect msync mlock",
  "229 munlock mlockall munlockall mincore madvise remap_file_pages mbind get_mempolicy",
  "237 set_mempolicy migrate_pages move_pages rt_tgsigqueueinfo perf_event_open accept4",
  "243 recvmmsg",
  "260 wait4 prlimit64 fanotify_init fanotify_mark name_to_handle_at open_by_handle_at",
  "266 clock_adjtime syncfs setns sendmmsg process_vm_readv process_vm_writev kcmp",
  "273 finit_module sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf",
  "281 execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect",
  "289 pkey_alloc pkey_free statx io_pgetevents rseq kexec_file_load",
  "424 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount",
  "430 fsopen fsconfig fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd",
  "439 faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd",
  "444 landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret",
  "448 process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2",
  "453 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount",
  "459 lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat",
  "465 listxattrat removexattrat open_tree_attr file_getattr file_setattr",
];
