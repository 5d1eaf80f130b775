/* A child of a process that has worked on several threads does so itself: nothing of the parent's threads is waited for. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rollsync.h"

enum { LEN = 24 << 20 };

static char *data;

/* A file in memory that counts the threads while it is read. */
struct source {
    size_t position;
    int most_threads;
};

static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int count = 0;
    while ((task = readdir(tasks)))
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static ssize_t read_source(void *cookie, char *place, size_t len) {
    struct source *source = (struct source *)cookie;
    int now = threads();
    if (now > source->most_threads)
        source->most_threads = now;
    if (len > LEN - source->position)
        len = LEN - source->position;
    memcpy(place, data + source->position, len);
    source->position += len;
    return (ssize_t)len;
}

static FILE *opened(struct source *source) {
    cookie_io_functions_t functions;
    memset(&functions, 0, sizeof functions);
    functions.read = read_source;
    source->position = 0;
    return fopencookie(source, "r", functions);
}

/* Signature and delta of the data, one behind the other; how many threads there were at most in each. */
static char *made(size_t *len, int most_threads[2]) {
    struct source source = {0, 0};
    rs_signature_t *signature;
    char *bytes = NULL;
    FILE *input, *output = open_memstream(&bytes, len), *sums;
    long sums_len;

    input = opened(&source);
    if (rs_sig_file(input, output, 2048, 8, RS_RK_BLAKE2_SIG_MAGIC, NULL) != RS_DONE)
        exit(2);
    fclose(input);
    most_threads[0] = source.most_threads;
    fflush(output);
    sums_len = ftell(output);

    sums = fmemopen(bytes, (size_t)sums_len, "r");
    if (rs_loadsig_file(sums, &signature, NULL) != RS_DONE || rs_build_hash_table(signature) != RS_DONE)
        exit(3);
    fclose(sums);
    data[LEN / 2]++;
    source.most_threads = 0;
    input = opened(&source);
    if (rs_delta_file(signature, input, output, NULL) != RS_DONE)
        exit(4);
    data[LEN / 2]--;
    fclose(input);
    fclose(output);
    rs_free_sumset(signature);
    most_threads[1] = source.most_threads;
    return bytes;
}

int main(void) {
    size_t i, first_len, len;
    unsigned noise = 1;
    int most_threads[2], generation, status;
    char *first, *bytes;
    pid_t child;

    data = (char *)malloc(LEN);
    for (i = 0; i < LEN; i++) {
        noise = noise * 1103515245 + 12345;
        data[i] = (char)(noise >> 24);
    }
    rollsync_set_threads(1);
    first = made(&first_len, most_threads);
    if (most_threads[0] != 1 || most_threads[1] != 1)
        return 5;
    rollsync_set_threads(3);

    /* The parent, its child, and that one's child: each works, then forks. What hangs is ended by the alarm. */
    for (generation = 0; generation < 3; generation++) {
        alarm(60);
        bytes = made(&len, most_threads);
        if (len != first_len || memcmp(bytes, first, len) != 0)
            return 6;
        if (most_threads[0] < 3 || most_threads[1] < 3)
            return 7;
        free(bytes);
        if (generation == 2)
            return 0;
        child = fork();
        if (child < 0)
            return 8;
        if (child > 0) {
            if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
                return 9;
            if (generation == 0)
                puts("three generations, the same files");
            return 0;
        }
    }
    return 0;
}
