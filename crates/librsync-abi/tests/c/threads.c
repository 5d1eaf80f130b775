/* A signature and a delta on two threads: the program's functions are called on its own thread only, signals too, and nothing
 * is left. */

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "rollsync.h"

enum { LEN = 24 << 20 };

static pthread_t host;
static volatile sig_atomic_t strangers, signals;
static char *data;
static size_t position;
static int most_threads, unmasked;

static void on_signal(int number) {
    (void)number;
    signals++;
    if (!pthread_equal(pthread_self(), host))
        strangers++;
}

static void sink(rs_loglevel level, char const *message) {
    (void)level;
    (void)message;
    if (!pthread_equal(pthread_self(), host))
        strangers++;
}

/* How many threads there are; those that would take SIGALRM beside this one are counted in `unmasked`. */
static int threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int count = 0, open_to_signals = 0;
    while ((task = readdir(tasks))) {
        char path[300], line[200];
        unsigned long long blocked;
        FILE *status;
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        if (!(status = fopen(path, "r")))
            continue;
        count++;
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "SigBlk: %llx", &blocked) == 1 && !(blocked >> (SIGALRM - 1) & 1))
                open_to_signals++;
        fclose(status);
    }
    closedir(tasks);
    if (open_to_signals > 1)
        unmasked++;
    return count;
}

static ssize_t read_new(void *cookie, char *place, size_t len) {
    (void)cookie;
    if (!pthread_equal(pthread_self(), host))
        strangers++;
    if (position % (4 << 20) == 0) {
        int now = threads();
        if (now > most_threads)
            most_threads = now;
    }
    if (len > LEN - position)
        len = LEN - position;
    memcpy(place, data + position, len);
    position += len;
    return (ssize_t)len;
}

static ssize_t write_output(void *cookie, char const *bytes, size_t len) {
    if (!pthread_equal(pthread_self(), host))
        strangers++;
    return (ssize_t)fwrite(bytes, 1, len, (FILE *)cookie);
}

/* The delta of the data; without a signature, that. */
static char *made(rs_signature_t *signature, size_t *len) {
    cookie_io_functions_t from, to;
    char *bytes = NULL;
    FILE *input, *output, *kept = open_memstream(&bytes, len);
    memset(&from, 0, sizeof from);
    memset(&to, 0, sizeof to);
    from.read = read_new;
    to.write = write_output;
    position = 0;
    input = fopencookie(NULL, "r", from);
    output = fopencookie(kept, "w", to);
    if (signature ? rs_delta_file(signature, input, output, NULL)
                  : rs_sig_file(input, output, 2048, 8, RS_RK_BLAKE2_SIG_MAGIC, NULL))
        exit(1);
    fclose(input);
    fclose(output);
    fclose(kept);
    return bytes;
}

/* Whether both are made on one thread as on two. */
static char const *compared(rs_signature_t *signature) {
    size_t alone_len, len;
    char *alone, *together;
    int same;
    rollsync_set_threads(1);
    most_threads = 0;
    alone = made(signature, &alone_len);
    if (most_threads != 1)
        exit(4);
    rollsync_set_threads(2);
    together = made(signature, &len);
    same = len == alone_len && memcmp(alone, together, len) == 0;
    free(alone);
    free(together);
    return most_threads < 2 ? "no workers" : same ? "the same" : "another";
}

int main(void) {
    rs_signature_t *signature;
    FILE *old_file, *sums = tmpfile();
    struct itimerval every;
    size_t i;
    unsigned noise = 1;
    char const *signatures, *deltas;
    struct sigaction action;

    host = pthread_self();
    data = (char *)malloc(LEN);
    for (i = 0; i < LEN; i++) {
        noise = noise * 1103515245 + 12345;
        data[i] = (char)(noise >> 24);
    }
    old_file = fmemopen(data, LEN, "r");
    rs_trace_to(sink);
    if (rs_sig_file(old_file, sums, 2048, 8, RS_RK_BLAKE2_SIG_MAGIC, NULL) != RS_DONE)
        return 2;
    rewind(sums);
    if (rs_loadsig_file(sums, &signature, NULL) != RS_DONE || rs_build_hash_table(signature) != RS_DONE)
        return 3;
    for (i = 100000; i < LEN; i += 100000)
        data[i]++;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    memset(&every, 0, sizeof every);
    every.it_interval.tv_usec = every.it_value.tv_usec = 1000;
    setitimer(ITIMER_REAL, &every, NULL);
    signatures = compared(NULL);
    deltas = compared(signature);
    memset(&every, 0, sizeof every);
    setitimer(ITIMER_REAL, &every, NULL);

    /* A thread that is joined is still listed for a moment. */
    for (i = 0; i < 200 && threads() > 1; i++)
        usleep(1000);
    printf("signatures: %s, deltas: %s, %d strangers, %d unmasked, %s, %d left\n", signatures, deltas, (int)strangers, unmasked,
           signals > 0 ? "signals came" : "no signals", threads());
    rs_free_sumset(signature);
    return 0;
}
