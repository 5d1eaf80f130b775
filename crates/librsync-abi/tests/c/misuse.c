/* NULL pointers, wrong order, freeing early: each is an error or nothing, and no memory is lost or touched. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "rollsync.h"

static char data[100000];
static char sums[100000];
static size_t sums_len;

/* Runs a job over memory; how many bytes came out, or -1 with the result in `*result`. */
static long run(rs_job_t *job, char *in, size_t in_len, char *out, size_t out_len, rs_result *result) {
    rs_buffers_t buffers;
    memset(&buffers, 0, sizeof buffers);
    buffers.next_in = in;
    buffers.avail_in = in_len;
    buffers.eof_in = 1;
    buffers.next_out = out;
    buffers.avail_out = out_len;
    *result = rs_job_iter(job, &buffers);
    return *result == RS_DONE ? (long)(out_len - buffers.avail_out) : -1;
}

static rs_signature_t *load(void) {
    rs_signature_t *signature = NULL;
    rs_result result;
    rs_job_t *job = rs_loadsig_begin(&signature);
    MUST(signature != NULL);
    run(job, sums, sums_len, NULL, 0, &result);
    MUST(result == RS_DONE);
    rs_job_free(job);
    return signature;
}

static rs_result copy(void *opaque, rs_long_t position, size_t *len, void **buf) {
    (void)opaque;
    MUST(position >= 0 && (size_t)position + *len <= sizeof data);
    *buf = data + position;
    return RS_DONE;
}

static void nulls(void) {
    rs_buffers_t buffers;
    rs_job_t *job;
    rs_magic_number magic = RS_DELTA_MAGIC;
    size_t len = 0;
    char text[4] = "abc";
    memset(&buffers, 0, sizeof buffers);
    MUST(rs_job_iter(NULL, &buffers) == RS_PARAM_ERROR);
    MUST(rs_job_free(NULL) == RS_DONE);
    MUST(rs_job_statistics(NULL) == NULL);
    MUST(rs_job_drive(NULL, &buffers, NULL, NULL, NULL, NULL) == RS_PARAM_ERROR);
    rs_free_sumset(NULL);
    rs_sumset_dump(NULL);
    rs_signature_log_stats(NULL);
    MUST(rs_build_hash_table(NULL) == RS_PARAM_ERROR);
    MUST(rs_sig_args(0, NULL, &len, &len) == RS_PARAM_ERROR);
    MUST(rs_sig_args(0, &magic, NULL, &len) == RS_PARAM_ERROR);
    MUST(rs_sig_args(0, &magic, &len, NULL) == RS_PARAM_ERROR);
    MUST(rs_sig_file(NULL, NULL, 0, 0, (rs_magic_number)0, NULL) == RS_PARAM_ERROR);
    MUST(rs_loadsig_file(NULL, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rs_delta_file(NULL, NULL, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rs_patch_file(NULL, NULL, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rs_file_close(NULL) == 0);
    MUST(rs_file_size(NULL) == -1);
    MUST(rs_file_copy_cb(NULL, 0, &len, NULL) == RS_PARAM_ERROR);
    MUST(rs_format_stats(NULL, NULL, 0) == NULL);
    MUST(rs_format_stats(NULL, text, sizeof text) == text && text[0] == 0);
    MUST(rs_log_stats(NULL) == 0);
    rs_hexify(NULL, NULL, 1);
    rs_base64(NULL, 1, text);
    MUST(text[0] == 0);
    MUST(rs_unbase64(NULL) == 0);
    rs_mdfour(NULL, NULL, 0);
    rs_mdfour_begin(NULL);
    rs_mdfour_update(NULL, NULL, 5);
    rs_mdfour_result(NULL, NULL);
    rs_trace_stderr(RS_LOG_ERR, NULL);

    job = rs_sig_begin(100, 8, RS_RK_BLAKE2_SIG_MAGIC);
    MUST(rs_job_iter(job, NULL) == RS_PARAM_ERROR);
    MUST(rs_job_drive(job, NULL, NULL, NULL, NULL, NULL) == RS_PARAM_ERROR);
    buffers.avail_in = 1;
    MUST(rs_job_iter(job, &buffers) == RS_PARAM_ERROR);
    buffers.avail_in = 0;
    buffers.avail_out = 1;
    MUST(rs_job_iter(job, &buffers) == RS_PARAM_ERROR);
    rs_job_free(job);

    job = rs_loadsig_begin(NULL);
    buffers.avail_out = 0;
    MUST(job != NULL && rs_job_iter(job, &buffers) == RS_PARAM_ERROR);
    rs_job_free(job);

    job = rs_patch_begin(NULL, NULL);
    buffers.next_in = (char *)"rs\0026\x45\0\5";
    buffers.avail_in = 7;
    buffers.next_out = text;
    buffers.avail_out = sizeof text;
    MUST(rs_job_iter(job, &buffers) == RS_PARAM_ERROR);
    rs_job_free(job);

    MUST(rollsync_job_set_limits(NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_job_set_profile(NULL, "compact") == RS_PARAM_ERROR);
    MUST(rollsync_job_set_seal(NULL, 1) == RS_PARAM_ERROR);
    MUST(rollsync_job_set_progress(NULL, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_job_seal(NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_job_cancel(NULL) == RS_PARAM_ERROR);
    MUST(rollsync_job_error(NULL, NULL, 0) == 0 && rollsync_job_error(NULL, text, 1) == 0 && text[0] == 0);
    MUST(rollsync_set_threads(-1) == RS_PARAM_ERROR);
}

static void order(void) {
    static char out[200000];
    rs_result result;
    rs_signature_t *signature = load();
    rs_job_t *job, *other;
    FILE *file = tmpfile();

    /* A delta before the index. */
    job = rs_delta_begin(signature);
    MUST(job != NULL && rs_job_statistics(job) != NULL);
    MUST(run(job, data, sizeof data, out, sizeof out, &result) == -1 && result == RS_PARAM_ERROR);
    rs_job_free(job);
    MUST(rs_delta_file(signature, file, file, NULL) == RS_PARAM_ERROR);

    /* The index twice. */
    MUST(rs_build_hash_table(signature) == RS_DONE && rs_build_hash_table(signature) == RS_DONE);

    /* The signature freed while two jobs use it. */
    job = rs_delta_begin(signature);
    other = rs_delta_begin(signature);
    MUST(run(job, data, sizeof data, out, 10, &result) == -1 && result == RS_BLOCKED);
    rs_free_sumset(signature);
    MUST(run(other, data, sizeof data, out, sizeof out, &result) > 4);
    rs_job_free(other);
    rs_job_free(job);

    /* Freed while it is loaded, the job after it; and the other way round. */
    job = rs_loadsig_begin(&signature);
    run(job, sums, 30, NULL, 0, &result);
    rs_free_sumset(signature);
    run(job, sums + 30, sums_len - 30, NULL, 0, &result);
    rs_job_free(job);
    job = rs_loadsig_begin(&signature);
    rs_job_free(job);
    MUST(rs_build_hash_table(signature) == RS_INPUT_ENDED);
    rs_sumset_dump(signature);
    rs_signature_log_stats(signature);
    job = rs_delta_begin(signature);
    MUST(run(job, data, 10, out, sizeof out, &result) == -1 && result >= 100);
    rs_job_free(job);
    rs_free_sumset(signature);

    /* Loading is cancelled between two records. */
    job = rs_loadsig_begin(&signature);
    run(job, sums, 12 + 12, NULL, 0, &result);
    MUST(result == RS_DONE);
    rs_job_free(job);
    rs_free_sumset(signature);
    job = rs_loadsig_begin(&signature);
    {
        rs_buffers_t buffers;
        memset(&buffers, 0, sizeof buffers);
        buffers.next_in = sums;
        buffers.avail_in = 12 + 12;
        MUST(rs_job_iter(job, &buffers) == RS_BLOCKED);
        MUST(rollsync_job_cancel(job) == RS_DONE && rs_job_iter(job, &buffers) == ROLLSYNC_CANCELLED);
    }
    rs_job_free(job);
    MUST(rs_build_hash_table(signature) == ROLLSYNC_CANCELLED);
    rs_sumset_dump(signature);
    rs_free_sumset(signature);

    /* The end of the signature is not told, but it is whole. */
    {
        rs_buffers_t buffers;
        memset(&buffers, 0, sizeof buffers);
        buffers.next_in = sums;
        buffers.avail_in = sums_len;
        job = rs_loadsig_begin(&signature);
        MUST(rs_job_iter(job, &buffers) == RS_BLOCKED);
        rs_job_free(job);
        MUST(rs_build_hash_table(signature) == RS_DONE);
        job = rs_delta_begin(signature);
        MUST(run(job, data, sizeof data, out, sizeof out, &result) < 1000 && result == RS_DONE);
        rs_job_free(job);
        rs_free_sumset(signature);
    }

    /* Jobs that are never run, or never finished. */
    rs_job_free(rs_sig_begin(0, 0, (rs_magic_number)0));
    rs_job_free(rs_delta_begin(NULL));
    rs_job_free(rs_patch_begin(copy, NULL));
    job = rs_patch_begin(copy, NULL);
    MUST(run(job, (char *)"rs\0026\x45\0\5", 7, out, 3, &result) == -1 && result == RS_BLOCKED);
    rs_job_free(job);

    /* A failed load of a file. */
    MUST(rs_loadsig_file(file, &signature, NULL) == RS_INPUT_ENDED && signature != NULL);
    rs_free_sumset(signature);
    fclose(file);
}

/* Input that was left is not offered again: a delta cannot go on, whatever it did with it. */
static void forgotten(void) {
    static char out[200000];
    rs_signature_t *signature = load();
    rs_buffers_t buffers;
    rs_result result;
    rs_job_t *job;
    MUST(rs_build_hash_table(signature) == RS_DONE);
    job = rs_delta_begin(signature);
    memset(&buffers, 0, sizeof buffers);
    memset(out, 'x', sizeof out);
    buffers.next_in = out;
    buffers.avail_in = sizeof out;
    buffers.next_out = data;
    buffers.avail_out = 100;
    MUST(rs_job_iter(job, &buffers) == RS_BLOCKED && buffers.avail_in > 0);
    buffers.avail_in = 0;
    buffers.eof_in = 1;
    do {
        buffers.next_out = out;
        buffers.avail_out = sizeof out;
        result = rs_job_iter(job, &buffers);
    } while (result == RS_BLOCKED);
    MUST(result == RS_INTERNAL_ERROR && rs_job_iter(job, &buffers) == RS_INTERNAL_ERROR);
    MUST(strcmp(rs_job_statistics(job)->op, "delta") == 0);
    rs_job_free(job);
    rs_free_sumset(signature);
}

static int lines;

static void count(rs_loglevel level, char const *message) {
    (void)level;
    (void)message;
    lines++;
}

/* Memory enough for a signature, not for its index: the signature stays. */
static void too_little_memory(void) {
    rollsync_limits_t limits;
    rs_signature_t *signature;
    rs_result result;
    rs_job_t *job;
    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    do {
        limits.memory += 100;
        job = rs_loadsig_begin(&signature);
        MUST(rollsync_job_set_limits(job, &limits) == RS_DONE);
        run(job, sums, sums_len, NULL, 0, &result);
        rs_job_free(job);
        if (result != RS_DONE)
            rs_free_sumset(signature);
    } while (result == ROLLSYNC_LIMIT);
    MUST(result == RS_DONE);
    MUST(rs_build_hash_table(signature) == ROLLSYNC_LIMIT && rs_build_hash_table(signature) == ROLLSYNC_LIMIT);
    rs_trace_to(count);
    rs_sumset_dump(signature);
    rs_trace_to(NULL);
    MUST(lines == 1 + (int)(sizeof data / 1000));
    rs_free_sumset(signature);
}

/* Structs of another version of the header. */
static void versions(void) {
    static char out[200];
    rs_result result;
    struct {
        rollsync_limits_t known;
        uint64_t more;
    } later;
    struct {
        size_t size;
        uint64_t output;
    } earlier = {sizeof earlier, 100};
    size_t little = 4;
    rs_job_t *job = rs_sig_begin(100, 8, RS_RK_BLAKE2_SIG_MAGIC);
    memset(&later, 0, sizeof later);
    later.known.size = sizeof later;
    MUST(rollsync_job_set_limits(job, &later.known) == RS_DONE);
    later.more = 1;
    MUST(rollsync_job_set_limits(job, &later.known) == RS_PARAM_ERROR);
    MUST(rollsync_job_set_limits(job, (rollsync_limits_t *)&little) == RS_PARAM_ERROR);
    MUST(rollsync_job_set_limits(job, (rollsync_limits_t *)&earlier) == RS_DONE);
    MUST(run(job, data, 5000, out, sizeof out, &result) == -1 && result == ROLLSYNC_LIMIT);
    MUST(rollsync_job_set_limits(job, (rollsync_limits_t *)&earlier) == RS_PARAM_ERROR);
    MUST(rollsync_job_set_profile(job, "compact") == RS_PARAM_ERROR);
    rs_job_free(job);

    job = rs_delta_begin(NULL);
    MUST(rollsync_job_set_profile(job, "librsync-1") == RS_PARAM_ERROR);
    MUST(rollsync_job_set_profile(job, "librsync-2.3.2") == RS_DONE);
    MUST(run(job, data, 100, out, sizeof out, &result) == 4 + 2 + 100 + 1);
    rs_job_free(job);

    job = rs_patch_begin(copy, NULL);
    {
        rollsync_seal_t seal;
        seal.size = sizeof seal;
        MUST(rollsync_job_seal(job, &seal) == ROLLSYNC_UNSEALED);
    }
    rs_job_free(job);
}

/* The text of a failure: whole, cut, and gone when the job goes on. */
static void texts(void) {
    static char const text[] = "reached end of file while copying data";
    static char out[100];
    char place[sizeof text];
    rs_result result;
    rs_job_t *job = rs_patch_begin(copy, NULL);
    MUST(rollsync_job_error(job, place, sizeof place) == 0 && place[0] == 0);
    run(job, (char *)"rs\0026\5he", 7, out, sizeof out, &result);
    MUST(result == RS_INPUT_ENDED && rollsync_job_error(job, NULL, 0) == sizeof text - 1);
    MUST(rollsync_job_error(job, place, sizeof place) == sizeof text - 1 && strcmp(place, text) == 0);
    memset(place, 'x', sizeof place);
    MUST(rollsync_job_error(job, place, 8) == sizeof text - 1 && memcmp(place, "reached", 8) == 0 && place[8] == 'x');
    memset(place, 'x', sizeof place);
    MUST(rollsync_job_error(job, place, 0) == sizeof text - 1 && place[0] == 'x');
    MUST(run(job, (char *)"llo\0", 4, out, sizeof out, &result) == 3);
    MUST(rollsync_job_error(job, place, sizeof place) == 0 && place[0] == 0);
    MUST(rollsync_job_cancel(job) == RS_DONE);
    run(job, NULL, 0, out, sizeof out, &result);
    MUST(rollsync_job_error(job, place, sizeof place) == 9 && strcmp(place, "cancelled") == 0);
    rs_job_free(job);
}

int main(void) {
    rs_result result;
    rs_job_t *job = rs_sig_begin(1000, 8, RS_RK_BLAKE2_SIG_MAGIC);
    size_t i;
    for (i = 0; i < sizeof data; i++)
        data[i] = (char)(i * i >> 7);
    sums_len = (size_t)run(job, data, sizeof data, sums, sizeof sums, &result);
    MUST(result == RS_DONE);
    rs_job_free(job);
    rs_trace_to(NULL);
    nulls();
    order();
    too_little_memory();
    versions();
    forgotten();
    texts();
    puts("nothing happened");
    return 0;
}
