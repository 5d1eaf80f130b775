/* The three steps from memory to memory, a few bytes at a time: what a program with its own event loop does.
 *
 *     cc streaming.c -o streaming -lrsync
 */

#include <librsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 1000
#define SPACE 700

typedef struct {
    char *bytes;
    size_t len;
} memory_t;

/* Runs a job to its end: offers `input` piece by piece, and appends what comes out. */
static rs_result run(rs_job_t *job, memory_t input, memory_t *output) {
    rs_buffers_t buffers;
    rs_result result;
    char space[SPACE];
    size_t offered = 0;

    memset(&buffers, 0, sizeof buffers);
    buffers.next_in = input.bytes;
    do {
        /* More arrives: behind what the job has left, which it sees again. */
        size_t piece = input.len - offered < PIECE ? input.len - offered : PIECE;
        offered += piece;
        buffers.avail_in += piece;
        buffers.eof_in = offered == input.len;
        buffers.next_out = space;
        buffers.avail_out = sizeof space;

        result = rs_job_iter(job, &buffers);

        piece = sizeof space - buffers.avail_out;
        output->bytes = (char *)realloc(output->bytes, output->len + piece + 1);
        if (!output->bytes)
            abort();
        memcpy(output->bytes + output->len, space, piece);
        output->len += piece;
    } while (result == RS_BLOCKED);
    return result;
}

/* Gives the job bytes of the old file. It may as well copy them to *buf. */
static rs_result copy_old(void *opaque, rs_long_t position, size_t *len, void **buf) {
    memory_t const *old_file = (memory_t const *)opaque;
    if ((size_t)position >= old_file->len)
        return RS_INPUT_ENDED;
    if (*len > old_file->len - (size_t)position)
        *len = old_file->len - (size_t)position;
    *buf = old_file->bytes + position;
    return RS_DONE;
}

static void check(rs_result result, char const *step) {
    if (result != RS_DONE) {
        fprintf(stderr, "%s: %s\n", step, rs_strerror(result));
        exit(1);
    }
}

int main(void) {
    memory_t old_file = {NULL, 200000}, new_file = {NULL, 200007};
    memory_t sums = {NULL, 0}, delta = {NULL, 0}, again = {NULL, 0}, nothing = {NULL, 0};
    rs_signature_t *signature;
    rs_job_t *job;
    size_t i;

    /* An old file, and a new one with a word in the middle. */
    old_file.bytes = (char *)malloc(old_file.len);
    new_file.bytes = (char *)malloc(new_file.len);
    if (!old_file.bytes || !new_file.bytes)
        abort();
    for (i = 0; i < old_file.len; i++)
        old_file.bytes[i] = (char)(i * i >> 5);
    memcpy(new_file.bytes, old_file.bytes, 100000);
    memcpy(new_file.bytes + 100000, "rolling", 7);
    memcpy(new_file.bytes + 100007, old_file.bytes + 100000, 100000);

    /* Where the old file is. */
    job = rs_sig_begin(RS_DEFAULT_BLOCK_LEN, 0, RS_RK_BLAKE2_SIG_MAGIC);
    check(run(job, old_file, &sums), "signature");
    rs_job_free(job);

    /* Where the new file is. */
    job = rs_loadsig_begin(&signature);
    check(run(job, sums, &nothing), "signature");
    rs_job_free(job);
    check(rs_build_hash_table(signature), "index");
    job = rs_delta_begin(signature);
    check(run(job, new_file, &delta), "delta");
    rs_job_free(job);
    rs_free_sumset(signature);

    /* Where the old file is. */
    job = rs_patch_begin(copy_old, &old_file);
    check(run(job, delta, &again), "patch");
    rs_job_free(job);

    if (again.len != new_file.len || memcmp(again.bytes, new_file.bytes, again.len) != 0) {
        fputs("it is another file\n", stderr);
        return 1;
    }
    printf("%lu bytes of signature and %lu of delta for %lu\n", (unsigned long)sums.len, (unsigned long)delta.len,
           (unsigned long)again.len);
    free(old_file.bytes);
    free(new_file.bytes);
    free(sums.bytes);
    free(delta.bytes);
    free(again.bytes);
    free(nothing.bytes);
    return 0;
}
