/* What rollsync.h adds: limits for what comes from strangers, and a result that is verified.
 *
 *     cc sealed.c -o sealed -lrsync
 */

#include <rollsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char basis[100000], changed[100000], sums[10000], delta[20000], result_file[200000];

static rs_result copy(void *opaque, rs_long_t position, size_t *len, void **buf) {
    if ((size_t)position >= sizeof basis)
        return RS_INPUT_ENDED;
    if (*len > sizeof basis - (size_t)position)
        *len = sizeof basis - (size_t)position;
    *buf = (char *)opaque + position;
    return RS_DONE;
}

static void progress(void *opaque, uint64_t bytes_in, uint64_t bytes_out) {
    uint64_t *seen = (uint64_t *)opaque;
    seen[0] = bytes_in;
    seen[1] = bytes_out;
}

/* In one call, since all of it is in memory; how many bytes came out. */
static size_t run(rs_job_t *job, char *in, size_t len, char *out, size_t space, rs_result expected) {
    rs_buffers_t buffers = {NULL, 0, 1, NULL, 0};
    rs_result result;
    buffers.next_in = in;
    buffers.avail_in = len;
    buffers.next_out = out;
    buffers.avail_out = space;
    result = rs_job_iter(job, &buffers);
    if (result != expected) {
        fprintf(stderr, "%s\n", rs_strerror(result));
        exit(1);
    }
    rs_job_free(job);
    return space - buffers.avail_out;
}

int main(void) {
    rs_signature_t *signature;
    rollsync_limits_t limits;
    rollsync_seal_t seal;
    rs_buffers_t buffers = {NULL, 0, 1, NULL, 0};
    uint64_t seen[2] = {0, 0};
    size_t i, sums_len, delta_len;
    rs_job_t *job;

    for (i = 0; i < sizeof basis; i++)
        basis[i] = changed[i] = (char)(i * i >> 5);
    memcpy(changed + 50000, "something else", 14);
    rs_trace_to(NULL);

    job = rs_sig_begin(1000, 0, RS_RK_BLAKE2_SIG_MAGIC);
    rollsync_job_set_seal(job, 1);
    rollsync_job_set_progress(job, progress, seen);
    sums_len = run(job, basis, sizeof basis, sums, sizeof sums, RS_DONE);
    printf("signature: %u bytes in, %u out\n", (unsigned)seen[0], (unsigned)seen[1]);

    job = rs_loadsig_begin(&signature);
    run(job, sums, sums_len, NULL, 0, RS_DONE);
    rs_build_hash_table(signature);
    job = rs_delta_begin(signature);
    rollsync_job_set_profile(job, "compact");
    rollsync_job_set_seal(job, 1);
    delta_len = run(job, changed, sizeof changed, delta, sizeof delta, RS_DONE);
    rs_free_sumset(signature);

    /* A patch that must be verified. */
    job = rs_patch_begin(copy, basis);
    rollsync_job_set_seal(job, 1);
    buffers.next_in = delta;
    buffers.avail_in = delta_len;
    buffers.next_out = result_file;
    buffers.avail_out = sizeof result_file;
    if (rs_job_iter(job, &buffers) != RS_DONE)
        return 1;
    seal.size = sizeof seal;
    if (rollsync_job_seal(job, &seal) != RS_DONE)
        return 1;
    printf("verified: %u bytes from a basis of %u, which is %s\n", (unsigned)seal.new_len, (unsigned)seal.basis_len,
           seal.basis_is_known ? "known" : "unknown");
    rs_job_free(job);
    if (memcmp(result_file, changed, sizeof changed) != 0)
        return 1;

    /* The same with a basis that has changed: the delta is right, what comes out is not. */
    basis[200]++;
    job = rs_patch_begin(copy, basis);
    rollsync_job_set_seal(job, 1);
    run(job, delta, delta_len, result_file, sizeof result_file, ROLLSYNC_MISMATCH);
    puts("another basis is noticed");

    /* A stranger's delta may not grow beyond what is expected. */
    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    limits.output = 50000;
    job = rs_patch_begin(copy, basis);
    if (rollsync_job_set_limits(job, &limits) != RS_DONE)
        return 1;
    run(job, delta, delta_len, result_file, sizeof result_file, ROLLSYNC_LIMIT);
    puts("the limit holds");

    /* Another thread, or a signal's handler, may stop a job. */
    job = rs_patch_begin(copy, basis);
    rollsync_job_cancel(job);
    run(job, delta, delta_len, result_file, sizeof result_file, ROLLSYNC_CANCELLED);
    printf("cancelled; this was rollsync %s\n", rollsync_version());
    return 0;
}
