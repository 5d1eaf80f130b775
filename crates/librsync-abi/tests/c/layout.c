/* Sizes, offsets and numbers of librsync's interface. Nothing runs: it compiles, or it does not. */

#include <stddef.h>

#include "librsync.h"

#ifdef __cplusplus
#define HOLDS(name, condition) static_assert(condition, #name)
#else
#define HOLDS(name, condition) _Static_assert(condition, #name)
#endif
#define AT(type, field, offset) HOLDS(type##field, offsetof(type, field) == offset)

HOLDS(buffers, sizeof(rs_buffers_t) == 40 && sizeof(struct rs_buffers_s) == 40);
AT(rs_buffers_t, next_in, 0);
AT(rs_buffers_t, avail_in, 8);
AT(rs_buffers_t, eof_in, 16);
AT(rs_buffers_t, next_out, 24);
AT(rs_buffers_t, avail_out, 32);

HOLDS(stats, sizeof(rs_stats_t) == 128 && sizeof(struct rs_stats) == 128);
AT(rs_stats_t, op, 0);
AT(rs_stats_t, lit_cmds, 8);
AT(rs_stats_t, lit_bytes, 16);
AT(rs_stats_t, lit_cmdbytes, 24);
AT(rs_stats_t, copy_cmds, 32);
AT(rs_stats_t, copy_bytes, 40);
AT(rs_stats_t, copy_cmdbytes, 48);
AT(rs_stats_t, sig_cmds, 56);
AT(rs_stats_t, sig_bytes, 64);
AT(rs_stats_t, false_matches, 72);
AT(rs_stats_t, sig_blocks, 80);
AT(rs_stats_t, block_len, 88);
AT(rs_stats_t, in_bytes, 96);
AT(rs_stats_t, out_bytes, 104);
AT(rs_stats_t, start, 112);
AT(rs_stats_t, end, 120);

HOLDS(numbers, sizeof(rs_long_t) == 8 && sizeof(rs_byte_t) == 1 && sizeof(rs_weak_sum_t) == 4);
HOLDS(strong, sizeof(rs_strong_sum_t) == 32 && RS_MAX_STRONG_SUM_LENGTH == 32);
HOLDS(enums, sizeof(rs_result) == 4 && sizeof(rs_magic_number) == 4 && sizeof(rs_loglevel) == 4);
HOLDS(defaults, RS_DEFAULT_BLOCK_LEN == 2048 && RS_DEFAULT_MIN_STRONG_LEN == 12);

HOLDS(delta, RS_DELTA_MAGIC == 0x72730236);
HOLDS(md4, RS_MD4_SIG_MAGIC == 0x72730136);
HOLDS(blake2, RS_BLAKE2_SIG_MAGIC == 0x72730137);
HOLDS(rk_md4, RS_RK_MD4_SIG_MAGIC == 0x72730146);
HOLDS(rk_blake2, RS_RK_BLAKE2_SIG_MAGIC == 0x72730147);

HOLDS(levels, RS_LOG_EMERG == 0 && RS_LOG_ALERT == 1 && RS_LOG_CRIT == 2 && RS_LOG_ERR == 3);
HOLDS(more_levels, RS_LOG_WARNING == 4 && RS_LOG_NOTICE == 5 && RS_LOG_INFO == 6 && RS_LOG_DEBUG == 7);

HOLDS(fine, RS_DONE == 0 && RS_BLOCKED == 1 && RS_RUNNING == 2 && RS_TEST_SKIPPED == 77);
HOLDS(errors, RS_IO_ERROR == 100 && RS_SYNTAX_ERROR == 101 && RS_MEM_ERROR == 102 && RS_INPUT_ENDED == 103);
HOLDS(more, RS_BAD_MAGIC == 104 && RS_UNIMPLEMENTED == 105 && RS_CORRUPT == 106 && RS_INTERNAL_ERROR == 107);
HOLDS(param, RS_PARAM_ERROR == 108);

/* The types of the functions and variables: a declaration that differs does not compile. */
extern char const rs_librsync_version[];
extern const int RS_MD4_SUM_LENGTH, RS_BLAKE2_SUM_LENGTH;
extern int rs_inbuflen, rs_outbuflen;

#ifdef __cplusplus
extern "C" {
#endif
char const *rs_strerror(rs_result);
void rs_trace_set_level(rs_loglevel);
void rs_trace_to(void (*)(rs_loglevel, char const *));
void rs_trace_stderr(rs_loglevel, char const *);
int rs_supports_trace(void);
void rs_hexify(char *, void const *, int);
size_t rs_unbase64(char *);
void rs_base64(unsigned char const *, int, char *);
void rs_mdfour(unsigned char *, void const *, size_t);
void rs_mdfour_begin(rs_mdfour_t *);
void rs_mdfour_update(rs_mdfour_t *, void const *, size_t);
void rs_mdfour_result(rs_mdfour_t *, unsigned char *);
char *rs_format_stats(rs_stats_t const *, char *, size_t);
int rs_log_stats(rs_stats_t const *);
void rs_signature_log_stats(rs_signature_t const *);
void rs_free_sumset(rs_signature_t *);
void rs_sumset_dump(rs_signature_t const *);
rs_result rs_build_hash_table(rs_signature_t *);
rs_result rs_job_iter(rs_job_t *, rs_buffers_t *);
rs_result rs_job_drive(rs_job_t *, rs_buffers_t *, rs_result (*)(rs_job_t *, rs_buffers_t *, void *), void *,
                       rs_result (*)(rs_job_t *, rs_buffers_t *, void *), void *);
const rs_stats_t *rs_job_statistics(rs_job_t *);
rs_result rs_job_free(rs_job_t *);
rs_result rs_sig_args(rs_long_t, rs_magic_number *, size_t *, size_t *);
rs_job_t *rs_sig_begin(size_t, size_t, rs_magic_number);
rs_job_t *rs_loadsig_begin(rs_signature_t **);
rs_job_t *rs_delta_begin(rs_signature_t *);
rs_job_t *rs_patch_begin(rs_result (*)(void *, rs_long_t, size_t *, void **), void *);
FILE *rs_file_open(char const *, char const *, int);
int rs_file_close(FILE *);
rs_long_t rs_file_size(FILE *);
rs_result rs_file_copy_cb(void *, rs_long_t, size_t *, void **);
rs_result rs_sig_file(FILE *, FILE *, size_t, size_t, rs_magic_number, rs_stats_t *);
rs_result rs_loadsig_file(FILE *, rs_signature_t **, rs_stats_t *);
rs_result rs_delta_file(rs_signature_t *, FILE *, FILE *, rs_stats_t *);
rs_result rs_patch_file(FILE *, FILE *, FILE *, rs_stats_t *);
#ifdef __cplusplus
}
#endif

int main(void) {
    return 0;
}
