#!/usr/bin/env -S python3 -B
"""Does KVM work here? Run a virtual machine of one instruction, hlt, and say how it went; exit 0 when it halted.

That /dev/kvm opens proves little: inside some virtual machines a guest never gets to run. So start this with a
time limit. The Linux kernel's Documentation/virt/kvm/api.rst describes the calls.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import struct
import sys

KVM_GET_API_VERSION, KVM_CREATE_VM, KVM_GET_VCPU_MMAP_SIZE = 0xAE00, 0xAE01, 0xAE04
KVM_CREATE_VCPU, KVM_RUN = 0xAE41, 0xAE80
KVM_SET_USER_MEMORY_REGION, KVM_SET_REGS, KVM_GET_SREGS, KVM_SET_SREGS = (
    0x4020AE46, 0x4090AE82, 0x8138AE83, 0x4138AE84)
SREGS_SIZE = 0x138  # struct kvm_sregs; a size is part of the call's number
KVM_EXIT_HLT = 5
HLT = b"\xf4"
CODE_AT = 0x1000


def give_memory(machine):
    """A page of memory at CODE_AT that holds the instruction. The guest lives as long as what is returned."""
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    memory[:1] = HLT
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    fcntl.ioctl(machine, KVM_SET_USER_MEMORY_REGION, struct.pack("=IIQQQ", 0, 0, CODE_AT, len(memory), address))
    return memory


def start_at_code(cpu):
    """Real mode, the code segment at 0, the instruction pointer at CODE_AT."""
    special = bytearray(SREGS_SIZE)
    fcntl.ioctl(cpu, KVM_GET_SREGS, special)
    struct.pack_into("=QIH", special, 0, 0, 0xFFFF, 0)  # cs, the first member: base, limit, selector
    fcntl.ioctl(cpu, KVM_SET_SREGS, special)
    rip, rflags = CODE_AT, 2
    fcntl.ioctl(cpu, KVM_SET_REGS, struct.pack("=18Q", *[0] * 16, rip, rflags))


def main():
    kvm = os.open("/dev/kvm", os.O_RDWR | os.O_CLOEXEC)
    version = fcntl.ioctl(kvm, KVM_GET_API_VERSION)
    machine = fcntl.ioctl(kvm, KVM_CREATE_VM, 0)
    cpu = fcntl.ioctl(machine, KVM_CREATE_VCPU, 0)
    if platform.machine() != "x86_64":
        print(f"KVM version {version} makes a machine (not run: this is no x86-64)")
        return 0
    memory = give_memory(machine)
    start_at_code(cpu)
    shared = mmap.mmap(cpu, fcntl.ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE))
    fcntl.ioctl(cpu, KVM_RUN, 0)
    reason = struct.unpack_from("=I", shared, 8)[0]  # struct kvm_run's exit_reason
    print("a machine of one instruction runs" if reason == KVM_EXIT_HLT
          else f"a machine stopped for the reason {reason}, not for hlt")
    return 0 if reason == KVM_EXIT_HLT and memory else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        sys.exit(f"/dev/kvm: {error.strerror}")
