"""The three steps by python-librsync, as it comes from PyPI: OLD NEW PREFIX.

It was written for librsync before 1.0. What has changed since is declared here, from outside, as its users have to do on
any librsync: rs_sig_begin has a third argument, and rs_copy_cb is not what it says. delta() is used as it is.
"""

import ctypes
import sys

import librsync

MAGIC = 0x72730136

begin = librsync._librsync.rs_sig_begin
begin.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
librsync._librsync.rs_sig_begin = lambda block_len, strong_len: begin(block_len, strong_len, MAGIC)

copy_cb = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_longlong,
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_void_p),
)


def patch_callback(read):
    def copy(_, position, length, place):
        answer = librsync.Buffer()
        read(position, length[0], answer)
        length[0] = answer.avail_in
        # Read as an address: as text it would end at the first zero.
        address = ctypes.c_void_p.from_buffer(answer, librsync.Buffer.next_in.offset).value
        if answer.avail_in:
            ctypes.memmove(place[0], address, answer.avail_in)
        return librsync.RS_DONE if answer.avail_in else 103

    return copy_cb(copy)


librsync.patch_callback = patch_callback

old, new, prefix = sys.argv[1:]
with open(old, "rb") as f, open(prefix + ".sig", "wb") as s:
    librsync.signature(f, s, 512)
with open(new, "rb") as f, open(prefix + ".sig", "rb") as s, open(prefix + ".delta", "wb") as d:
    librsync.delta(f, s, d)
with open(old, "rb") as f, open(prefix + ".delta", "rb") as d, open(prefix + ".new", "wb") as o:
    librsync.patch(f, d, o)
librsync.debug(librsync.TRACE_LEVELS[0])
try:
    with open(old, "rb") as f, open(prefix + ".sig", "rb") as d, open(prefix + ".none", "wb") as o:
        librsync.patch(f, d, o)
except librsync.LibrsyncError as error:
    print(error)
