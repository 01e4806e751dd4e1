"""entry.py TAR NAME TYPE TARGET: a tar with one empty entry; TYPE is REGTYPE, LNKTYPE or SYMTYPE."""
import sys, tarfile
entry = tarfile.TarInfo(sys.argv[2])
entry.type, entry.linkname = getattr(tarfile, sys.argv[3]), sys.argv[4]
with tarfile.open(sys.argv[1], "w") as tar:
    tar.addfile(entry)
