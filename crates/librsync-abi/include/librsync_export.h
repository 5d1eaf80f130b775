/* librsync_export.h: what is part of the library's interface.
 *
 * Written for rollsync's librsync.so.2. SPDX-License-Identifier: MIT OR Apache-2.0 */

#ifndef LIBRSYNC_EXPORT_H
#define LIBRSYNC_EXPORT_H

#if defined(LIBRSYNC_STATIC_DEFINE) || defined(_WIN32)
#  define LIBRSYNC_EXPORT
#  define LIBRSYNC_NO_EXPORT
#else
#  define LIBRSYNC_EXPORT __attribute__((visibility("default")))
#  define LIBRSYNC_NO_EXPORT __attribute__((visibility("hidden")))
#endif

#ifndef LIBRSYNC_DEPRECATED
#  if defined(_MSC_VER)
#    define LIBRSYNC_DEPRECATED __declspec(deprecated)
#  else
#    define LIBRSYNC_DEPRECATED __attribute__((__deprecated__))
#  endif
#endif
#define LIBRSYNC_DEPRECATED_EXPORT LIBRSYNC_EXPORT LIBRSYNC_DEPRECATED
#define LIBRSYNC_DEPRECATED_NO_EXPORT LIBRSYNC_NO_EXPORT LIBRSYNC_DEPRECATED

#endif
