/* A system that starts fewer threads than are asked for, or none: the work is done by those that there are. */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rollsync.h"

enum { LEN = 12 << 20 };

static char *data;
static int allowed, started;

/* Takes the place of the C library's for all that this process has loaded. */
int pthread_create(pthread_t *thread, pthread_attr_t const *attributes, void *(*start)(void *), void *argument) {
    typedef int create_fn(pthread_t *, pthread_attr_t const *, void *(*)(void *), void *);
    create_fn *create;
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    if (allowed == 0)
        return EAGAIN;
    allowed--;
    started++;
    return create(thread, attributes, start, argument);
}

/* Signature and delta, one behind the other. */
static char *made(size_t *len, int threads) {
    rs_signature_t *signature;
    char *bytes = NULL;
    FILE *input = fmemopen(data, LEN, "r"), *output = open_memstream(&bytes, len), *sums;
    rs_result result;

    allowed = threads;
    result = rs_sig_file(input, output, 2048, 8, RS_RK_BLAKE2_SIG_MAGIC, NULL);
    if (result != RS_DONE) {
        printf("signature with %d threads: %s\n", threads, rs_strerror(result));
        exit(1);
    }
    fflush(output);
    sums = fmemopen(bytes, (size_t)ftell(output), "r");
    if (rs_loadsig_file(sums, &signature, NULL) != RS_DONE || rs_build_hash_table(signature) != RS_DONE)
        exit(2);
    fclose(sums);
    rewind(input);
    data[LEN / 2]++;
    allowed = threads;
    result = rs_delta_file(signature, input, output, NULL);
    data[LEN / 2]--;
    if (result != RS_DONE) {
        printf("delta with %d threads: %s\n", threads, rs_strerror(result));
        exit(1);
    }
    rs_free_sumset(signature);
    fclose(input);
    fclose(output);
    return bytes;
}

int main(void) {
    size_t i, alone_len, len;
    unsigned noise = 1;
    char *alone, *bytes;
    int threads;

    data = (char *)malloc(LEN);
    for (i = 0; i < LEN; i++) {
        noise = noise * 1103515245 + 12345;
        data[i] = (char)(noise >> 24);
    }
    rollsync_set_threads(1);
    alone = made(&alone_len, 100);
    if (started != 0)
        return 3;
    rollsync_set_threads(3);
    for (threads = 0; threads <= 5; threads++) {
        bytes = made(&len, threads);
        if (len != alone_len || memcmp(bytes, alone, len) != 0)
            return 4;
        free(bytes);
    }
    puts(started > 0 ? "with however many, the same" : "none were asked for");
    return 0;
}
