"""resolve.py ROOT PATH FLAGS: what openat2 finds for PATH below ROOT with these flags in how.resolve."""
import ctypes, os, struct, sys
root, path, resolve = os.open(sys.argv[1], os.O_PATH), sys.argv[2].encode(), int(sys.argv[3], 0)
how = struct.pack("QQQ", os.O_PATH, 0, resolve)
fd = ctypes.CDLL(None, use_errno=True).syscall(437, root, path, how, len(how))
print(os.strerror(ctypes.get_errno()) if fd < 0 else os.readlink(f"/proc/self/fd/{fd}"))
