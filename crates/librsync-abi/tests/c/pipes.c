/* Streams that make the library wait, and streams that fail: work on them can be stopped, and ends. */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "must.h"
#include "rollsync.h"

enum { LEN = 1000000 };

static char bytes[LEN];
static rollsync_cancel_t *stop;

static rollsync_file_options_t fresh(void) {
    rollsync_file_options_t options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    return options;
}

static rs_result sums_of(FILE *file, FILE *sums, rollsync_file_options_t const *options) {
    return rollsync_sig_file(file, sums, 2048, 0, (rs_magic_number)0, NULL, options);
}

static FILE *cookie(cookie_read_function_t *read, cookie_write_function_t *write, cookie_seek_function_t *seek,
                    void *opaque) {
    cookie_io_functions_t functions = {NULL, NULL, NULL, NULL};
    FILE *file;
    functions.read = read;
    functions.write = write;
    functions.seek = seek;
    file = fopencookie(opaque, read ? "r" : "w", functions);
    MUST(file);
    return file;
}

/* ---- Slow pipes */

/* 500 bytes each 20 ms, until nobody reads: a buffer of 256 KiB is full after ten seconds. */
static void *trickle(void *end) {
    struct timespec nap = {0, 20000000};
    while (write(*(int *)end, bytes, 500) == 500)
        nanosleep(&nap, NULL);
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void a_time_limit_on_a_slow_pipe(size_t threads) {
    rollsync_file_options_t options = fresh();
    double begin = now();
    int ends[2];
    pthread_t writer;
    FILE *file, *sums = tmpfile();
    MUST(pipe(ends) == 0 && pthread_create(&writer, NULL, trickle, &ends[1]) == 0);
    file = fdopen(ends[0], "rb");
    options.milliseconds = 200;
    options.threads = threads;
    MUST(sums_of(file, sums, &options) == ROLLSYNC_LIMIT);
    MUST(now() - begin < 4);
    fclose(file);
    fclose(sums);
    pthread_join(writer, NULL);
    close(ends[1]);
}

/* ---- Signals */

static void on_alarm(int number) {
    static volatile sig_atomic_t times;
    (void)number;
    if (++times > 200)
        _exit(9);
    rollsync_cancel(stop);
}

/* The alarm rings again and again, since it may do so before the read begins. */
static void ring(long microseconds) {
    struct itimerval timer;
    timer.it_interval.tv_sec = timer.it_value.tv_sec = 0;
    timer.it_interval.tv_usec = timer.it_value.tv_usec = microseconds;
    MUST(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

/* Nothing comes, or something and then nothing. */
static void a_signal_wakes_a_read(size_t threads, size_t before) {
    rollsync_file_options_t options = fresh();
    int ends[2];
    FILE *file, *sums = tmpfile();
    MUST(pipe(ends) == 0 && write(ends[1], bytes, before) == (ssize_t)before);
    file = fdopen(ends[0], "rb");
    options.cancel = stop = rollsync_cancel_new();
    options.threads = threads;
    ring(50000);
    MUST(sums_of(file, sums, &options) == ROLLSYNC_CANCELLED);
    ring(0);
    rollsync_cancel_free(stop);
    fclose(file);
    fclose(sums);
    close(ends[1]);
}

/* ---- Failures without a reason */

static int failures;

/* The first time a signal has come. */
static void fail(void) {
    MUST(++failures < 100);
    if (failures == 1)
        errno = EINTR;
}

static ssize_t failing_read(void *opaque, char *place, size_t len) {
    (void)opaque, (void)place, (void)len;
    fail();
    return -1;
}

static ssize_t failing_write(void *opaque, char const *from, size_t len) {
    (void)opaque, (void)from, (void)len;
    fail();
    return 0;
}

static int failing_seek(void *opaque, off64_t *offset, int whence) {
    (void)opaque, (void)offset, (void)whence;
    fail();
    return -1;
}

/* What errno is from the first time is not why they fail the second time. */
static void an_old_eintr(void) {
    static char buffer[4096];
    char delta[] = "rs\0026\x45\0\5";
    FILE *good = fmemopen(bytes, LEN, "rb"), *sums = tmpfile(), *in, *out;
    in = cookie(failing_read, NULL, NULL, NULL);
    setvbuf(in, buffer, _IOFBF, sizeof buffer);
    failures = 0;
    MUST(sums_of(in, sums, NULL) == RS_IO_ERROR);
    fclose(in);

    out = cookie(NULL, failing_write, NULL, NULL);
    setvbuf(out, NULL, _IONBF, 0);
    failures = 0;
    MUST(sums_of(good, out, NULL) == RS_IO_ERROR);
    fclose(out);
    fclose(good);

    in = cookie(failing_read, NULL, failing_seek, NULL);
    setvbuf(in, buffer, _IOFBF, sizeof buffer);
    good = fmemopen(delta, sizeof delta, "rb");
    failures = 0;
    MUST(rs_patch_file(in, good, sums, NULL) == RS_IO_ERROR);
    fclose(in);
    fclose(good);
    fclose(sums);
}

/* ---- The basis of a patch */

static void cancel_at_the_end(void *opaque, uint64_t bytes_in, uint64_t bytes_out) {
    (void)opaque, (void)bytes_in;
    if (bytes_out == LEN)
        rollsync_cancel(stop);
}

/* The new file is written, but wrong: the basis is read from front to back to say why, which can be stopped as well. */
static void reading_the_basis_is_watched(void) {
    rollsync_file_options_t options = fresh();
    rs_signature_t *signature;
    FILE *file = fmemopen(bytes, LEN, "rb"), *sums = tmpfile(), *delta = tmpfile(), *again = tmpfile();
    options.seal = ROLLSYNC_SEAL;
    MUST(sums_of(file, sums, &options) == RS_DONE);
    rewind(sums);
    rewind(file);
    MUST(rollsync_loadsig_file(sums, &signature, NULL, &options) == RS_DONE);
    MUST(rs_build_hash_table(signature) == RS_DONE);
    MUST(rollsync_delta_file(signature, file, delta, NULL, &options) == RS_DONE);
    rs_free_sumset(signature);
    fclose(file);
    rewind(delta);

    bytes[10] ^= 1;
    file = fmemopen(bytes, LEN, "rb");
    options.cancel = stop = rollsync_cancel_new();
    options.progress_cb = cancel_at_the_end;
    MUST(rollsync_patch_file(file, delta, again, NULL, &options) == ROLLSYNC_CANCELLED);
    bytes[10] ^= 1;
    rollsync_cancel_free(stop);
    fclose(file), fclose(sums), fclose(delta), fclose(again);
}

int main(void) {
    struct sigaction action;
    unsigned noise = 1;
    size_t i, threads;
    for (i = 0; i < LEN; i++) {
        noise = noise * 1103515245 + 12345;
        bytes[i] = (char)(noise >> 24);
    }
    rs_trace_to(NULL);
    signal(SIGPIPE, SIG_IGN);
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    MUST(sigaction(SIGALRM, &action, NULL) == 0);
    for (threads = 1; threads <= 2; threads++) {
        a_time_limit_on_a_slow_pipe(threads);
        a_signal_wakes_a_read(threads, 0);
        a_signal_wakes_a_read(threads, 100);
    }
    an_old_eintr();
    reading_the_basis_is_watched();
    puts("none is waited for");
    return 0;
}
