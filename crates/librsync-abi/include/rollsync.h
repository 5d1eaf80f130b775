/* rollsync.h: what rollsync's librsync.so.2 has beside librsync's functions.
 *
 * Link with -lrsync. A program that uses it runs with this library only; librsync's own has none of these.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */

#ifndef ROLLSYNC_H
#define ROLLSYNC_H

#include "librsync.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Results that only users of this header meet, beside those of rs_result. The enum has no names for them: switch over
 * (int)result. */
#define ROLLSYNC_LIMIT ((rs_result)120)     /* a limit is reached */
#define ROLLSYNC_CANCELLED ((rs_result)121) /* rollsync_job_cancel or rollsync_cancel was called */
#define ROLLSYNC_MISMATCH ((rs_result)122)  /* basis or new file is not the one that was sealed */
#define ROLLSYNC_UNSEALED ((rs_result)123)  /* there is no seal that was checked */

/* "0.1.0" */
LIBRSYNC_EXPORT char const *rollsync_version(void);

/* How many threads rs_sig_file and rs_delta_file may use, in this process, the calling one among them. 0 leaves it to the
 * variable ROLLSYNC_THREADS, and without that it is one. The others get no signals, call nothing of yours, and are gone when
 * the function returns. When the system starts fewer, fewer work. */
LIBRSYNC_EXPORT rs_result rollsync_set_threads(int count);

/* ---- Settings of a job, to be made before its first rs_job_iter; RS_PARAM_ERROR when it is too late or the job has no such
 * setting. */

/* What a job may take; of each but the last, 0 is no limit. To be zeroed, and `size` set to sizeof(rollsync_limits_t). */
typedef struct rollsync_limits {
    size_t size;
    uint64_t output;          /* bytes written: signature, delta, patch */
    uint64_t records;         /* blocks of a signature: signature, loadsig */
    uint64_t memory;          /* bytes that grow with the input: loadsig with its index, delta */
    uint64_t literal;         /* bytes of one literal: patch */
    uint64_t work_per_byte;   /* bytes hashed for each byte of the new file: delta. Beyond, the delta grows instead. 0 is
                                 4 to 8 for "compact", by basis length and weak sum, and no limit for the others; so is
                                 2^32 and more for all */
} rollsync_limits_t;

LIBRSYNC_EXPORT rs_result rollsync_job_set_limits(rs_job_t *job, rollsync_limits_t const *limits);

/* Whose deltas a delta job writes: "librsync-2.3.4", "librsync-2.3.2", or "compact", which is rollsync's own: all librsyncs
 * read it. Otherwise it is what the variable ROLLSYNC_PROFILE says, or "librsync-2.3.4". */
LIBRSYNC_EXPORT rs_result rollsync_job_set_profile(rs_job_t *job, char const *profile);

/* Signature and delta jobs: whether what they write is sealed (length and BLAKE3 of the files, where librsync does not look).
 * Patch jobs: whether they look for a seal. They then read the delta to its end, and fail with ROLLSYNC_MISMATCH when the new
 * file is not the one that was sealed. When the basis ends before the delta's copies do, nothing more is written, and the rest
 * of the delta is read: what is wrong with that comes first. Before either failure is told, a basis that the seal knows is read
 * once, through the copy callback, in one rs_job_iter from its beginning to its end, unless the callback blocks or
 * rollsync_job_cancel is called: ROLLSYNC_MISMATCH when it is another; if not, or nothing says what it should be, a basis that
 * has ended is RS_INPUT_ENDED. A loadsig job always checks a seal. */
LIBRSYNC_EXPORT rs_result rollsync_job_set_seal(rs_job_t *job, int on);

/* ---- A job that runs */

/* Called at the end of each rs_job_iter that does not fail, on the thread that called it, with all bytes taken and delivered so
 * far. */
typedef void rollsync_progress_cb(void *opaque, uint64_t bytes_in, uint64_t bytes_out);

/* At any time; NULL ends it. */
LIBRSYNC_EXPORT rs_result rollsync_job_set_progress(rs_job_t *job, rollsync_progress_cb *progress_cb, void *opaque);

/* Its next rs_job_iter fails with ROLLSYNC_CANCELLED, or the one that runs, if it reads a basis to say what is wrong. From any
 * thread, and from a signal's handler; not when the job is freed. */
LIBRSYNC_EXPORT rs_result rollsync_job_cancel(rs_job_t *job);

/* Why the last rs_job_iter has failed, in English: what the log says of it. As much of the text as fits into `size` bytes with
 * its NUL is stored in `buffer`, which may be NULL; returns the length of all of it, 0 when nothing has failed. */
LIBRSYNC_EXPORT size_t rollsync_job_error(rs_job_t const *job, char *buffer, size_t size);

/* The seal that a patch has found and that holds. `size` is to be set to sizeof(rollsync_seal_t), and stays as it is. */
typedef struct rollsync_seal {
    size_t size;
    uint64_t is_there;        /* 0: there was no seal, and nothing says that the new file is right. All else is 0 then */
    uint64_t basis_is_known;  /* 1 when the delta says which basis it is for */
    uint64_t basis_len;
    unsigned char basis_digest[32]; /* BLAKE3-256 */
    uint64_t new_len;
    unsigned char new_digest[32];
} rollsync_seal_t;

/* That of a patch job which is done. RS_DONE; or ROLLSYNC_UNSEALED: then nothing is stored. */
LIBRSYNC_EXPORT rs_result rollsync_job_seal(rs_job_t *job, rollsync_seal_t *seal);

/* ---- Whole files */

/* Stops whole-file work from outside. One may serve several calls, also at once. */
typedef struct rollsync_cancel rollsync_cancel_t;

LIBRSYNC_EXPORT rollsync_cancel_t *rollsync_cancel_new(void);

/* The work ends with ROLLSYNC_CANCELLED when it next reads or writes; so does all that begins later. From any thread, and from
 * a signal's handler: one that was set without SA_RESTART also wakes a read that waits. */
LIBRSYNC_EXPORT rs_result rollsync_cancel(rollsync_cancel_t *cancel);

/* Not while it may still be used. NULL is let pass. */
LIBRSYNC_EXPORT rs_result rollsync_cancel_free(rollsync_cancel_t *cancel);

#define ROLLSYNC_SEAL 1           /* write a seal; a patch checks one that is there, and a basis that is too short is a
                                     ROLLSYNC_MISMATCH as well */
#define ROLLSYNC_SEAL_REQUIRED 2  /* the same, and a patch of a delta without one ends with ROLLSYNC_UNSEALED, and so does
                                     loading a signature without one */

/* How a whole-file function works. To be zeroed, and `size` set to sizeof(rollsync_file_options_t): what is 0 or NULL is as in
 * librsync's function. Fields that do not concern a function make no difference to it, but must be valid: otherwise it is
 * RS_PARAM_ERROR, and the log says which. With progress_cb, cancel or milliseconds, streams that are no regular files are read and
 * written in parts of 4 KiB: stdio waits until a part is whole. */
typedef struct rollsync_file_options {
    size_t size;
    rollsync_limits_t const *limits;
    char const *profile;               /* whose deltas, as in rollsync_job_set_profile */
    size_t threads;                    /* for signatures and deltas; 0: what rollsync_set_threads says */
    size_t seal;                       /* one of the above; 0: none is written, and a patch looks for none. A signature's
                                          is always checked */
    rollsync_seal_t *found;            /* a patch that succeeds stores the seal that was found, or that there was none */
    rollsync_progress_cb *progress_cb; /* called by the calling thread, whenever it has read or written. The basis of a
                                          patch does not count */
    void *progress_opaque;
    rollsync_cancel_t *cancel;
    size_t milliseconds;               /* how long the work may take: ROLLSYNC_LIMIT. A read that waits is not interrupted */
} rollsync_file_options_t;

#ifndef RSYNC_NO_STDIO_INTERFACE

/* librsync's functions with options; NULL is none. What a patch that fails has written is part of no file: throw it away. */
LIBRSYNC_EXPORT rs_result rollsync_sig_file(FILE *old_file, FILE *sig_file, size_t block_len, size_t strong_len,
                                            rs_magic_number sig_magic, rs_stats_t *stats,
                                            rollsync_file_options_t const *options);
LIBRSYNC_EXPORT rs_result rollsync_loadsig_file(FILE *sig_file, rs_signature_t **sumset, rs_stats_t *stats,
                                                rollsync_file_options_t const *options);
LIBRSYNC_EXPORT rs_result rollsync_delta_file(rs_signature_t *signature, FILE *new_file, FILE *delta_file, rs_stats_t *stats,
                                              rollsync_file_options_t const *options);
LIBRSYNC_EXPORT rs_result rollsync_patch_file(FILE *basis_file, FILE *delta_file, FILE *new_file, rs_stats_t *stats,
                                              rollsync_file_options_t const *options);

#endif

#ifdef __cplusplus
}
#endif

#endif
