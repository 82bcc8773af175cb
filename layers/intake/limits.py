"""What a worker gives up before it looks at a visitor's file: network, other processes, memory, time, files.

Linux alone has all of this; elsewhere ``confine`` refuses, and so the worker does. Which files it may reach is
``fence``'s part, and the one that an old kernel may lack.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from pathlib import Path
from typing import NamedTuple

from layers.intake import fence

MB = 1_000_000
MOST_MEMORY_BYTES = 4_000 * MB
MOST_CPU_S = 220
MOST_FILE_BYTES = 2_000 * MB
MOST_OPEN_FILES = 64
NICE = 10
OUT_OF_MEMORY = 77  # what a worker returns when it was refused memory
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2
CLONE_THREAD = 0x10000
EPERM, ENOSYS = 1, 38
ALLOW, DENY, UNKNOWN, KILL = 0x7FFF0000, 0x00050000 | EPERM, 0x00050000 | ENOSYS, 0x80000000


class Machine(NamedTuple):
    """The audit number of a processor and its numbers of system calls (linux/audit.h, asm/unistd.h)."""

    audit: int
    denied: tuple[int, ...]
    clone: int
    prlimit64: int
    tgkill: int
    clone3: int = 435


# pidfd_send_signal, io_uring_setup, pidfd_open, pidfd_getfd, fchmodat2, setxattrat, removexattrat, file_setattr
EVERYWHERE = (424, 425, 434, 438, 452, 463, 466, 469)
# socket, connect, sendto, fork, vfork, execve, ptrace, execveat, bpf, mount, unshare, setns, kill, tkill,
# rt_sigqueueinfo, rt_tgsigqueueinfo, setpriority, sched_setaffinity, process_vm_readv, process_vm_writev; then what
# Landlock leaves open: truncate, chmod, fchmod, chown, fchown, lchown, utime, utimes, futimesat, utimensat, fchmodat,
# fchownat, setxattr, lsetxattr, fsetxattr, removexattr, lremovexattr, fremovexattr, inotify_add_watch; then SysV IPC,
# which reaches other processes of the user: shmget, shmat, shmctl, semget, semop, semctl, semtimedop, msgget, msgsnd,
# msgrcv, msgctl
X86_64: tuple[int, ...] = (41, 42, 44, 57, 58, 59, 101, 322, 321, 165, 272, 308, 62, 200, 129, 297, 141, 203, 310, 311)
X86_64 += (76, 90, 91, 92, 93, 94, 132, 235, 261, 280, 268, 260, 188, 189, 190, 197, 198, 199, 254)
X86_64 += (29, 30, 31, 64, 65, 66, 220, 68, 69, 70, 71)
AARCH64: tuple[int, ...] = (198, 203, 206, 221, 117, 281, 280, 40, 97, 268, 129, 130, 138, 240, 140, 122, 270, 271)
AARCH64 += (45, 52, 53, 54, 55, 88, 5, 6, 7, 14, 15, 16, 27)
AARCH64 += (194, 196, 195, 190, 193, 191, 192, 186, 189, 188, 187)
MACHINES = {
    "x86_64": Machine(0xC000003E, X86_64 + EVERYWHERE, 56, 302, 234),
    "aarch64": Machine(0xC00000B7, AARCH64 + EVERYWHERE, 220, 261, 131),
}


def confine() -> None:
    """Bound this process for good, its files to the folder where it was started; OSError where the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    _call(libc, PR_SET_PDEATHSIG, int(signal.SIGKILL))  # nobody reads what is left of an upload
    os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_FSIZE, MOST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    _call(libc, PR_SET_NO_NEW_PRIVS, 1)
    fence.enclose(Path.cwd())
    _filter_calls(libc)


def _filter_calls(libc: ctypes.CDLL) -> None:
    """Without sockets there is no network, and without clone, but for threads, no other process: seccomp(2)."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(f"visitors' files are not read on a {platform.machine()} processor: its calls are not known here")
    program = _program(machine, os.getpid())
    held = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held)))
    _call(libc, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(head))


def _program(machine: Machine, own: int) -> bytes:
    """The filter: classic BPF over struct seccomp_data (number at 0, processor at 4, first argument at 16)."""
    load, equal, bits, done = 0x20, 0x15, 0x45, 0x06

    def line(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    lines = [line(load, 0, 0, 4), line(equal, 1, 0, machine.audit), line(done, 0, 0, KILL), line(load, 0, 0, 0)]
    lines += [line(0x35, 0, 1, 0x40000000), line(done, 0, 0, DENY)]  # the numbers of x32 are the same calls again
    for number in machine.denied:
        lines += [line(equal, 0, 1, number), line(done, 0, 0, DENY)]
    for number, process in ((machine.prlimit64, 0), (machine.tgkill, own)):  # glibc signals its threads by its own id
        lines += [line(equal, 0, 5, number), line(load, 0, 0, 16), line(equal, 1, 0, process), line(equal, 0, 1, own)]
        lines += [line(done, 0, 0, ALLOW), line(done, 0, 0, DENY)]
    lines += [line(equal, 0, 1, machine.clone3), line(done, 0, 0, UNKNOWN)]  # then libc tries clone
    lines += [line(equal, 0, 3, machine.clone), line(load, 0, 0, 16), line(bits, 1, 0, CLONE_THREAD)]
    lines += [line(done, 0, 0, DENY), line(done, 0, 0, ALLOW)]
    return b"".join(lines)


def _call(libc: ctypes.CDLL, *arguments: int) -> None:
    given = [ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:5]]
    if libc.prctl(*given):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
