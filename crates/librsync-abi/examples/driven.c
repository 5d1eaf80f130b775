/* A delta between two file descriptors: rs_job_drive asks for input and takes output through two functions.
 *
 *     cc driven.c -o driven -lrsync
 *     ./driven SIGNATURE <NEW >DELTA
 */

#include <errno.h>
#include <librsync.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int descriptor;
    char space[16384];
} pipe_end_t;

/* Reads behind what the job has left in the buffer. */
static rs_result fill(rs_job_t *job, rs_buffers_t *buffers, void *opaque) {
    pipe_end_t *end = (pipe_end_t *)opaque;
    ssize_t len;
    (void)job;
    if (buffers->avail_in == sizeof end->space)
        return RS_DONE;
    if (buffers->avail_in > 0)
        memmove(end->space, buffers->next_in, buffers->avail_in);
    do {
        len = read(end->descriptor, end->space + buffers->avail_in, sizeof end->space - buffers->avail_in);
    } while (len < 0 && errno == EINTR);
    if (len < 0)
        return RS_IO_ERROR;
    buffers->next_in = end->space;
    buffers->avail_in += (size_t)len;
    buffers->eof_in = len == 0;
    return RS_DONE;
}

/* Writes what stands before next_out; in the first call that is nothing. */
static rs_result drain(rs_job_t *job, rs_buffers_t *buffers, void *opaque) {
    pipe_end_t *end = (pipe_end_t *)opaque;
    char const *from = end->space;
    (void)job;
    while (buffers->next_out && from < buffers->next_out) {
        ssize_t len = write(end->descriptor, from, (size_t)(buffers->next_out - from));
        if (len < 0 && errno != EINTR)
            return RS_IO_ERROR;
        if (len > 0)
            from += len;
    }
    buffers->next_out = end->space;
    buffers->avail_out = sizeof end->space;
    return RS_DONE;
}

int main(int argc, char **argv) {
    static pipe_end_t in, out;
    rs_signature_t *signature = NULL;
    rs_buffers_t buffers;
    rs_result result;
    rs_job_t *job;
    FILE *sums;

    if (argc != 2 || !(sums = fopen(argv[1], "rb"))) {
        fprintf(stderr, "usage: %s SIGNATURE <NEW >DELTA\n", argv[0]);
        return 2;
    }
    result = rs_loadsig_file(sums, &signature, NULL);
    if (result == RS_DONE)
        result = rs_build_hash_table(signature);
    fclose(sums);

    in.descriptor = STDIN_FILENO;
    out.descriptor = STDOUT_FILENO;
    if (result == RS_DONE) {
        job = rs_delta_begin(signature);
        result = rs_job_drive(job, &buffers, fill, &in, drain, &out);
        rs_job_free(job);
    }
    rs_free_sumset(signature);
    if (result != RS_DONE)
        fprintf(stderr, "%s: %s\n", argv[0], rs_strerror(result));
    return result == RS_DONE ? 0 : 1;
}
