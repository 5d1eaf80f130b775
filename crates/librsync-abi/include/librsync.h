/* librsync.h: signatures, deltas and patches, as librsync 2.3.4 offers them.
 *
 * This is rollsync's header of that interface, for the librsync.so.2 that rollsync builds. Programs that were compiled
 * with librsync's own header run with this library, and the other way round. What is rollsync's own is in rollsync.h.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */

#ifndef LIBRSYNC_H
#define LIBRSYNC_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "librsync_export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types and numbers ------------------------------------------------------------------------------------------ */

typedef uint8_t rs_byte_t;
typedef intmax_t rs_long_t;
typedef uint32_t rs_weak_sum_t;

#define RS_MAX_STRONG_SUM_LENGTH 32
typedef unsigned char rs_strong_sum_t[RS_MAX_STRONG_SUM_LENGTH];

#define RS_DEFAULT_BLOCK_LEN 2048
#define RS_DEFAULT_MIN_STRONG_LEN 12

LIBRSYNC_EXPORT extern char const rs_librsync_version[];
LIBRSYNC_EXPORT extern const int RS_MD4_SUM_LENGTH;
LIBRSYNC_EXPORT extern const int RS_BLAKE2_SUM_LENGTH;

/* The first four bytes of a file, as a big-endian number. */
typedef enum {
    RS_DELTA_MAGIC = 0x72730236,
    RS_MD4_SIG_MAGIC = 0x72730136,       /* rollsum, MD4: what librsync 0.9 wrote */
    RS_BLAKE2_SIG_MAGIC = 0x72730137,    /* rollsum, BLAKE2b */
    RS_RK_MD4_SIG_MAGIC = 0x72730146,    /* RabinKarp, MD4 */
    RS_RK_BLAKE2_SIG_MAGIC = 0x72730147  /* RabinKarp, BLAKE2b: recommended */
} rs_magic_number;

/* What a function has to say. Those from 100 on are errors. */
typedef enum rs_result {
    RS_DONE = 0,
    RS_BLOCKED = 1,          /* more input or more space is needed to go on */
    RS_RUNNING = 2,          /* never returned */
    RS_TEST_SKIPPED = 77,    /* never returned */
    RS_IO_ERROR = 100,
    RS_SYNTAX_ERROR = 101,
    RS_MEM_ERROR = 102,
    RS_INPUT_ENDED = 103,
    RS_BAD_MAGIC = 104,
    RS_UNIMPLEMENTED = 105,
    RS_CORRUPT = 106,
    RS_INTERNAL_ERROR = 107,
    RS_PARAM_ERROR = 108
} rs_result;

/* An English text, never NULL and never to be freed. */
LIBRSYNC_EXPORT char const *rs_strerror(rs_result result);

/* ---- Log ---------------------------------------------------------------------------------------------------------- */

typedef enum {
    RS_LOG_EMERG = 0,
    RS_LOG_ALERT = 1,
    RS_LOG_CRIT = 2,
    RS_LOG_ERR = 3,
    RS_LOG_WARNING = 4,
    RS_LOG_NOTICE = 5,
    RS_LOG_INFO = 6,
    RS_LOG_DEBUG = 7
} rs_loglevel;

/* Takes a line of the log, with its newline. Called on the thread that called the library. */
typedef void rs_trace_fn_t(rs_loglevel level, char const *message);

/* Lines above this level are dropped; RS_LOG_INFO unless set. Level and sink are those of the process. */
LIBRSYNC_EXPORT void rs_trace_set_level(rs_loglevel level);
/* NULL silences the log. */
LIBRSYNC_EXPORT void rs_trace_to(rs_trace_fn_t *sink);
/* The sink that is used unless another is set: standard error. */
LIBRSYNC_EXPORT void rs_trace_stderr(rs_loglevel level, char const *message);
/* Whether anything is logged at RS_LOG_DEBUG: never. */
LIBRSYNC_EXPORT int rs_supports_trace(void);

/* ---- Text ----------------------------------------------------------------------------------------------------------- */

/* Lowercase digits, two for each of the `n` bytes, and a NUL. */
LIBRSYNC_EXPORT void rs_hexify(char *to, void const *from, int n);
/* In place, up to the first character that is no digit; how many bytes there are. */
LIBRSYNC_EXPORT size_t rs_unbase64(char *text);
/* Without padding and line breaks, with a NUL. */
LIBRSYNC_EXPORT void rs_base64(unsigned char const *from, int n, char *to);

/* ---- MD4 -------------------------------------------------------------------------------------------------------------- */

typedef struct rs_mdfour rs_mdfour_t;

LIBRSYNC_EXPORT void rs_mdfour(unsigned char *out, void const *in, size_t len);
LIBRSYNC_EXPORT void rs_mdfour_begin(rs_mdfour_t *md);
LIBRSYNC_EXPORT void rs_mdfour_update(rs_mdfour_t *md, void const *in, size_t len);
LIBRSYNC_EXPORT void rs_mdfour_result(rs_mdfour_t *md, unsigned char *out);

/* ---- Statistics ------------------------------------------------------------------------------------------------------- */

typedef struct rs_stats {
    char const *op;           /* "signature", "loadsig", "delta", "patch" */
    int lit_cmds;             /* LITERAL commands, their payload, their opcodes and parameters */
    rs_long_t lit_bytes;
    rs_long_t lit_cmdbytes;
    rs_long_t copy_cmds;      /* COPY commands, what they copy, their opcodes and parameters */
    rs_long_t copy_bytes;
    rs_long_t copy_cmdbytes;
    rs_long_t sig_cmds;       /* always 0 */
    rs_long_t sig_bytes;      /* always 0 */
    int false_matches;        /* always 0 */
    rs_long_t sig_blocks;     /* blocks of a signature */
    size_t block_len;
    rs_long_t in_bytes;       /* read and written by a whole-file function */
    rs_long_t out_bytes;
    time_t start;
    time_t end;
} rs_stats_t;

/* Writes a line of text, cut to `size` bytes with its NUL; returns `buffer`. */
LIBRSYNC_EXPORT char *rs_format_stats(rs_stats_t const *stats, char *buffer, size_t size);
/* Logs the same line. Returns 0. */
LIBRSYNC_EXPORT int rs_log_stats(rs_stats_t const *stats);

/* ---- Signatures in memory ------------------------------------------------------------------------------------------------ */

typedef struct rs_signature rs_signature_t;

/* Logs what all deltas against this signature have searched. */
LIBRSYNC_EXPORT void rs_signature_log_stats(rs_signature_t const *signature);
/* Logs the signature's records. */
LIBRSYNC_EXPORT void rs_sumset_dump(rs_signature_t const *signature);
/* Makes a loaded signature ready for deltas. */
LIBRSYNC_EXPORT rs_result rs_build_hash_table(rs_signature_t *signature);
/* Frees it; jobs that use it go on. */
LIBRSYNC_EXPORT void rs_free_sumset(rs_signature_t *signature);

/* ---- Jobs ------------------------------------------------------------------------------------------------------------------ */

typedef struct rs_job rs_job_t;

/* Where a job finds its input and leaves its output. rs_job_iter moves the pointers and counts down what is left. */
struct rs_buffers_s {
    char *next_in;
    size_t avail_in;
    int eof_in;               /* nonzero: nothing comes behind what is here */
    char *next_out;
    size_t avail_out;
};
typedef struct rs_buffers_s rs_buffers_t;

/* Goes on as far as the buffers allow. RS_BLOCKED: call again with more input, more space or both, the input that was left
 * first. RS_DONE: finished, and all output delivered. */
LIBRSYNC_EXPORT rs_result rs_job_iter(rs_job_t *job, rs_buffers_t *buffers);

/* Brings input or takes output. RS_DONE goes on; anything else ends the drive with that result. */
typedef rs_result rs_driven_cb(rs_job_t *job, rs_buffers_t *buffers, void *opaque);

/* Runs a job to its end. `in_cb` sets next_in, avail_in and eof_in; `out_cb` takes what stands before next_out and sets
 * next_out and avail_out, which are NULL and 0 when it is called first. Either may be NULL. */
LIBRSYNC_EXPORT rs_result rs_job_drive(rs_job_t *job, rs_buffers_t *buffers, rs_driven_cb in_cb, void *in_opaque,
                                       rs_driven_cb out_cb, void *out_opaque);

/* Valid, and up to date, until the job is freed. */
LIBRSYNC_EXPORT const rs_stats_t *rs_job_statistics(rs_job_t *job);
/* Frees a job, finished or not. Returns RS_DONE. */
LIBRSYNC_EXPORT rs_result rs_job_free(rs_job_t *job);

/* Fills in what is recommended for a basis of `old_fsize` bytes (-1: unknown) wherever 0 stands; a strong_len of
 * (size_t)-1 asks for the shortest that is recommended. */
LIBRSYNC_EXPORT rs_result rs_sig_args(rs_long_t old_fsize, rs_magic_number *magic, size_t *block_len,
                                      size_t *strong_len);

/* Basis in, signature out. */
LIBRSYNC_EXPORT rs_job_t *rs_sig_begin(size_t block_len, size_t strong_len, rs_magic_number magic);
/* Signature in. `*signature` is set at once, and is the caller's to free, whatever becomes of the job. */
LIBRSYNC_EXPORT rs_job_t *rs_loadsig_begin(rs_signature_t **signature);
/* New file in, delta out. The signature is loaded and indexed, or NULL. */
LIBRSYNC_EXPORT rs_job_t *rs_delta_begin(rs_signature_t *signature);

/* Reads `*len` bytes of the basis, from `position` on, to `*buf`; or sets `*buf` to where they are, which then stays valid
 * until the next call. `*len` is set to how many they are: fewer will do, none means that the basis has ended. RS_BLOCKED
 * suspends the job; an error ends it. */
typedef rs_result rs_copy_cb(void *opaque, rs_long_t position, size_t *len, void **buf);

/* Delta in, new file out. */
LIBRSYNC_EXPORT rs_job_t *rs_patch_begin(rs_copy_cb *copy_cb, void *copy_opaque);

/* ---- Whole files -------------------------------------------------------------------------------------------------------------- */

#ifndef RSYNC_NO_STDIO_INTERFACE

/* Lengths of the whole-file functions' buffers; 0 leaves them to the library. */
LIBRSYNC_EXPORT extern int rs_inbuflen;
LIBRSYNC_EXPORT extern int rs_outbuflen;

/* Opens a file; NULL or "-" is standard input or output. Without `force`, none that exists is written to. Never returns
 * NULL: what cannot be opened ends the process with status 100. */
LIBRSYNC_EXPORT FILE *rs_file_open(char const *name, char const *mode, int force);
LIBRSYNC_EXPORT int rs_file_close(FILE *file);
/* The length of a regular file, -1 for any other. */
LIBRSYNC_EXPORT rs_long_t rs_file_size(FILE *file);
/* An rs_copy_cb whose argument is a FILE that can be sought in. */
LIBRSYNC_EXPORT rs_result rs_file_copy_cb(void *file, rs_long_t position, size_t *len, void **buf);

/* None of these closes or flushes a file. `stats` may be NULL. */
LIBRSYNC_EXPORT rs_result rs_sig_file(FILE *old_file, FILE *sig_file, size_t block_len, size_t strong_len,
                                      rs_magic_number magic, rs_stats_t *stats);
LIBRSYNC_EXPORT rs_result rs_loadsig_file(FILE *sig_file, rs_signature_t **signature, rs_stats_t *stats);
LIBRSYNC_EXPORT rs_result rs_delta_file(rs_signature_t *signature, FILE *new_file, FILE *delta_file, rs_stats_t *stats);
LIBRSYNC_EXPORT rs_result rs_patch_file(FILE *basis_file, FILE *delta_file, FILE *new_file, rs_stats_t *stats);

#endif

#ifdef __cplusplus
}
#endif

#endif
