/* The whole-file functions with options: what each option does, and what it refuses. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "must.h"
#include "rollsync.h"

enum { LEN = 6000000 };

static char *old_bytes, *new_bytes;
static size_t basis_len = LEN;
static pthread_t host;

static struct {
    uint64_t in, out;
    int calls, strangers;
    rollsync_cancel_t *cancel;
    uint64_t cancel_at;
} seen;

static void progress(void *opaque, uint64_t bytes_in, uint64_t bytes_out) {
    MUST(opaque == &seen);
    MUST(bytes_in >= seen.in && bytes_out >= seen.out);
    seen.in = bytes_in;
    seen.out = bytes_out;
    seen.calls++;
    if (!pthread_equal(pthread_self(), host))
        seen.strangers++;
    if (seen.cancel && bytes_in >= seen.cancel_at)
        MUST(rollsync_cancel(seen.cancel) == RS_DONE);
}

static int lines;
static char first_line[300];

static void count(rs_loglevel level, char const *message) {
    (void)level;
    if (lines++ == 0)
        snprintf(first_line, sizeof first_line, "%s", message);
}

static rollsync_file_options_t fresh(void) {
    rollsync_file_options_t options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    memset(&seen, 0, sizeof seen);
    options.progress_cb = progress;
    options.progress_opaque = &seen;
    return options;
}

static FILE *reader(char *bytes, size_t len) {
    FILE *file = fmemopen(bytes, len, "rb");
    MUST(file);
    return file;
}

/* What a file holds, which is closed. */
static char *contents(FILE *file, size_t *len) {
    char *bytes;
    MUST(fseek(file, 0, SEEK_END) == 0);
    *len = (size_t)ftell(file);
    rewind(file);
    bytes = (char *)malloc(*len + 1);
    MUST(fread(bytes, 1, *len, file) == *len);
    fclose(file);
    return bytes;
}

static char *signature_of(rollsync_file_options_t const *options, size_t *len) {
    FILE *old_file = reader(old_bytes, LEN), *sums = tmpfile();
    seen.in = seen.out = 0;
    MUST(rollsync_sig_file(old_file, sums, 2048, 0, RS_RK_BLAKE2_SIG_MAGIC, NULL, options) == RS_DONE);
    fclose(old_file);
    return contents(sums, len);
}

static rs_signature_t *loaded(char *sums, size_t len) {
    rs_signature_t *signature;
    FILE *file = reader(sums, len);
    MUST(rollsync_loadsig_file(file, &signature, NULL, NULL) == RS_DONE);
    MUST(rs_build_hash_table(signature) == RS_DONE);
    fclose(file);
    return signature;
}

/* Loads a signature that must be sealed: one that is not can neither be indexed. */
static rs_result load_sealed(char *sums, size_t len) {
    rollsync_file_options_t options = fresh();
    rs_signature_t *signature;
    FILE *file = reader(sums, len);
    rs_result result;
    options.seal = ROLLSYNC_SEAL_REQUIRED;
    result = rollsync_loadsig_file(file, &signature, NULL, &options);
    MUST(rs_build_hash_table(signature) == result);
    rs_free_sumset(signature);
    fclose(file);
    return result;
}

static char *delta_of(rs_signature_t *signature, rollsync_file_options_t const *options, size_t *len) {
    FILE *new_file = reader(new_bytes, LEN), *delta = tmpfile();
    seen.in = seen.out = 0;
    MUST(rollsync_delta_file(signature, new_file, delta, NULL, options) == RS_DONE);
    fclose(new_file);
    return contents(delta, len);
}

static rs_result patched(char *delta, size_t len, rollsync_file_options_t const *options) {
    FILE *basis = reader(old_bytes, basis_len), *file = reader(delta, len), *again = tmpfile();
    rs_result result;
    size_t again_len;
    char *bytes;
    seen.in = seen.out = 0;
    result = rollsync_patch_file(basis, file, again, NULL, options);
    bytes = contents(again, &again_len);
    if (result == RS_DONE)
        MUST(again_len == LEN && memcmp(bytes, new_bytes, LEN) == 0);
    free(bytes);
    fclose(basis);
    fclose(file);
    return result;
}

static void seals_and_threads(void) {
    size_t plain_len, sealed_len, threaded_len, delta_len, sealed_delta_len, len;
    rollsync_file_options_t options = fresh();
    char *plain = signature_of(NULL, &plain_len), *sealed, *threaded, *delta, *sealed_delta, *other;
    rs_signature_t *signature;
    rollsync_seal_t seal, none;
    struct {
        rollsync_seal_t known;
        uint64_t more;
    } later;

    options.seal = ROLLSYNC_SEAL;
    sealed = signature_of(&options, &sealed_len);
    MUST(seen.in == LEN && seen.out == sealed_len && seen.calls > 10);
    options = fresh();
    options.seal = ROLLSYNC_SEAL;
    options.threads = 3;
    threaded = signature_of(&options, &threaded_len);
    MUST(seen.in == LEN && seen.out == sealed_len && seen.calls > 3 && seen.strangers == 0);
    MUST(sealed_len == threaded_len);
    MUST(memcmp(sealed, threaded, sealed_len) == 0);
    MUST(sealed_len > plain_len && memcmp(sealed, plain, plain_len) == 0);

    signature = loaded(sealed, sealed_len);
    delta = delta_of(signature, NULL, &delta_len);
    options = fresh();
    options.threads = 2;
    other = delta_of(signature, &options, &len);
    MUST(len == delta_len && memcmp(delta, other, len) == 0 && seen.strangers == 0);
    free(other);
    options = fresh();
    options.seal = ROLLSYNC_SEAL;
    sealed_delta = delta_of(signature, &options, &sealed_delta_len);
    MUST(load_sealed(sealed, sealed_len) == RS_DONE && load_sealed(plain, plain_len) == ROLLSYNC_UNSEALED);
    MUST(sealed_delta_len == delta_len + 128 && memcmp(sealed_delta, delta, delta_len) == 0);
    /* It cuts long literals shorter. */
    options.profile = "librsync-2.3.2";
    other = delta_of(signature, &options, &len);
    MUST(len > sealed_delta_len);
    free(other);
    rs_free_sumset(signature);

    options = fresh();
    options.found = &seal;
    seal.size = sizeof seal;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_DONE && !seal.is_there);
    MUST(seen.in > delta_len / 2 && seen.out == LEN);
    options.seal = ROLLSYNC_SEAL_REQUIRED;
    options.progress_cb = NULL;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_DONE && seal.is_there == 1);
    MUST(seal.basis_is_known == 1 && seal.basis_len == LEN && seal.new_len == LEN);
    MUST(patched(delta, delta_len, &options) == ROLLSYNC_UNSEALED);
    /* The same struct again and again. */
    options.seal = ROLLSYNC_SEAL;
    memset(&none, 0, sizeof none);
    none.size = sizeof none;
    MUST(patched(delta, delta_len, &options) == RS_DONE && memcmp(&seal, &none, sizeof seal) == 0);
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_DONE);
    MUST(seal.size == sizeof seal && seal.is_there == 1 && seal.new_len == LEN);
    /* One that has room for little, and one of a later version. */
    memset(&later, 9, sizeof later);
    options.found = &later.known;
    later.known.size = 2 * sizeof(uint64_t);
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_DONE);
    MUST(later.known.is_there == 1 && later.known.basis_is_known > 1);
    later.known.size = sizeof later;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_DONE);
    MUST(later.known.size == sizeof later && later.known.new_len == LEN && later.more == 0);
    later.known.size = 0;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_PARAM_ERROR);
    later.known.size = sizeof(size_t);
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_PARAM_ERROR);
    options.found = NULL;
    /* A delta that was changed, and a basis that is another. */
    sealed_delta[100] ^= 1;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_CORRUPT);
    sealed_delta[100] ^= 1;
    old_bytes[10] ^= 1;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == ROLLSYNC_MISMATCH);
    old_bytes[10] ^= 1;
    /* A basis that ends too early, with the seal that says so and without. */
    basis_len = LEN / 2;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == ROLLSYNC_MISMATCH);
    options.seal = ROLLSYNC_SEAL_REQUIRED;
    lines = 0;
    rs_trace_to(count);
    MUST(patched(sealed_delta, sealed_delta_len, &options) == ROLLSYNC_MISMATCH);
    MUST(lines == 2 && strstr(first_line, "basis: it has 3000000 bytes, the delta was made for a basis of 6000000"));
    lines = 0;
    MUST(patched(delta, delta_len, &options) == RS_INPUT_ENDED);
    rs_trace_to(NULL);
    options.seal = 0;
    MUST(patched(sealed_delta, sealed_delta_len, &options) == RS_INPUT_ENDED);
    basis_len = LEN;
    free(plain), free(sealed), free(threaded), free(delta), free(sealed_delta);
}

static void limits_and_cancel(void) {
    rollsync_file_options_t options;
    rollsync_limits_t limits;
    rs_signature_t *signature;
    size_t sums_len, delta_len, threads;
    char *sums = signature_of(NULL, &sums_len), *delta;
    FILE *file, *out = tmpfile();
    rs_stats_t stats;

    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    limits.output = 50000;
    for (threads = 1; threads <= 2; threads++) {
        options = fresh();
        options.threads = threads;
        options.limits = &limits;
        file = reader(old_bytes, LEN);
        MUST(rollsync_sig_file(file, out, 2048, 0, (rs_magic_number)0, &stats, &options) == ROLLSYNC_LIMIT);
        MUST(stats.out_bytes <= 50000);
        /* It began where the last reading had stopped. */
        rewind(file);
        options = fresh();
        options.threads = threads;
        seen.cancel = options.cancel = rollsync_cancel_new();
        seen.cancel_at = LEN / 2;
        MUST(rollsync_sig_file(file, out, 2048, 0, (rs_magic_number)0, &stats, &options) == ROLLSYNC_CANCELLED);
        MUST(seen.in >= LEN / 2 && seen.in < LEN);
        MUST((uint64_t)stats.in_bytes == seen.in && stats.block_len == 2048);
        rewind(file);
        MUST(rollsync_sig_file(file, out, 2048, 0, (rs_magic_number)0, NULL, &options) == ROLLSYNC_CANCELLED);
        fclose(file);
        rollsync_cancel_free(options.cancel);
    }

    limits.output = 0;
    limits.records = 100;
    options = fresh();
    options.limits = &limits;
    file = reader(sums, sums_len);
    MUST(rollsync_loadsig_file(file, &signature, NULL, &options) == ROLLSYNC_LIMIT);
    rs_free_sumset(signature);
    rewind(file);
    /* The index is part of what loading may take. */
    limits.records = 0;
    limits.memory = sums_len + sums_len / 4;
    MUST(rollsync_loadsig_file(file, &signature, NULL, &options) == RS_DONE);
    MUST(rs_build_hash_table(signature) == ROLLSYNC_LIMIT);
    rs_free_sumset(signature);
    rewind(file);
    /* What was loaded until then is no signature. */
    options = fresh();
    seen.cancel = options.cancel = rollsync_cancel_new();
    seen.cancel_at = 1;
    MUST(rollsync_loadsig_file(file, &signature, NULL, &options) == ROLLSYNC_CANCELLED);
    MUST(seen.in < sums_len);
    MUST(rs_build_hash_table(signature) == ROLLSYNC_CANCELLED);
    MUST(rollsync_delta_file(signature, file, out, NULL, NULL) == ROLLSYNC_CANCELLED);
    rs_free_sumset(signature);
    rollsync_cancel_free(options.cancel);
    fclose(file);
    limits.memory = 0;

    signature = loaded(sums, sums_len);
    delta = delta_of(signature, NULL, &delta_len);
    for (threads = 1; threads <= 2; threads++) {
        options = fresh();
        options.threads = threads;
        seen.cancel = options.cancel = rollsync_cancel_new();
        seen.cancel_at = LEN / 2;
        file = reader(new_bytes, LEN);
        MUST(rollsync_delta_file(signature, file, out, NULL, &options) == ROLLSYNC_CANCELLED);
        fclose(file);
        rollsync_cancel_free(options.cancel);
    }
    rs_free_sumset(signature);

    limits.output = LEN - 1;
    options = fresh();
    options.limits = &limits;
    MUST(patched(delta, delta_len, &options) == ROLLSYNC_LIMIT);
    limits.output = LEN;
    MUST(patched(delta, delta_len, &options) == RS_DONE);
    options = fresh();
    seen.cancel = options.cancel = rollsync_cancel_new();
    MUST(patched(delta, delta_len, &options) == ROLLSYNC_CANCELLED);
    rollsync_cancel_free(options.cancel);
    fclose(out);
    free(sums), free(delta);
}

static ssize_t slow_read(void *cookie, char *place, size_t len) {
    struct timespec nap = {0, 20000000};
    (void)cookie;
    nanosleep(&nap, NULL);
    memset(place, 7, len);
    return (ssize_t)len;
}

/* A stream that never ends. */
static void time_limit(void) {
    cookie_io_functions_t functions;
    rollsync_file_options_t options = fresh();
    FILE *endless, *out = tmpfile();
    memset(&functions, 0, sizeof functions);
    functions.read = slow_read;
    endless = fopencookie(NULL, "r", functions);
    options.milliseconds = 100;
    MUST(rollsync_sig_file(endless, out, 2048, 0, (rs_magic_number)0, NULL, &options) == ROLLSYNC_LIMIT);
    options.threads = 2;
    options.progress_cb = NULL;
    MUST(rollsync_sig_file(endless, out, 2048, 0, (rs_magic_number)0, NULL, &options) == ROLLSYNC_LIMIT);
    fclose(endless);
    fclose(out);
}

static void what_is_refused(void) {
    rollsync_file_options_t options;
    rollsync_limits_t limits;
    struct {
        rollsync_file_options_t known;
        size_t later;
    } newer;
    FILE *file = reader(old_bytes, LEN), *out = tmpfile();
    rs_signature_t *signature;
    rollsync_seal_t seal;
/* With one line of the log that names what is refused. */
#define REFUSED(what)                                                                                                 \
    lines = 0;                                                                                                        \
    MUST(rollsync_sig_file(file, out, 0, 0, (rs_magic_number)0, NULL, &options) == RS_PARAM_ERROR);                   \
    MUST(lines == 1 && strstr(first_line, what))
    rs_trace_to(count);
    options = fresh();
    options.size = 0;
    REFUSED("size");
    /* A size that was never set. */
    options.size = sizeof options + 1;
    REFUSED("size");
    options.size = (size_t)1 << 40;
    REFUSED("size");
    options = fresh();
    options.seal = 3;
    REFUSED("seal=3");
    options = fresh();
    options.profile = "librsync-9";
    REFUSED("profile=librsync-9");
    options = fresh();
    memset(&limits, 0, sizeof limits);
    options.limits = &limits;
    REFUSED("limits");
    options = fresh();
    memset(&seal, 0, sizeof seal);
    options.found = &seal;
    REFUSED("found");
    rs_trace_to(NULL);
    /* A caller that knows less, and one that knows more but asks for nothing of it. */
    options = fresh();
    options.size = sizeof(size_t);
    options.seal = 77;
    MUST(rollsync_sig_file(file, out, 0, 0, (rs_magic_number)0, NULL, &options) == RS_DONE);
    newer.known = fresh();
    newer.known.size = sizeof newer;
    newer.later = 0;
    MUST(rollsync_sig_file(file, out, 0, 0, (rs_magic_number)0, NULL, &newer.known) == RS_DONE);
    newer.later = 1;
    MUST(rollsync_sig_file(file, out, 0, 0, (rs_magic_number)0, NULL, &newer.known) == RS_PARAM_ERROR);

    MUST(rollsync_sig_file(NULL, out, 0, 0, (rs_magic_number)0, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_loadsig_file(file, NULL, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_loadsig_file(NULL, &signature, NULL, NULL) == RS_PARAM_ERROR);
    rs_free_sumset(signature);
    MUST(rollsync_delta_file(NULL, file, out, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_patch_file(file, NULL, out, NULL, NULL) == RS_PARAM_ERROR);
    MUST(rollsync_cancel(NULL) == RS_PARAM_ERROR);
    MUST(rollsync_cancel_free(NULL) == RS_DONE);
    fclose(file);
    fclose(out);
}

int main(void) {
    unsigned noise = 1;
    size_t i;
    host = pthread_self();
    rs_trace_to(NULL);
    MUST(sizeof(rollsync_limits_t) == 48 && sizeof(rollsync_seal_t) == 104 && sizeof(rollsync_file_options_t) == 80);
    old_bytes = (char *)malloc(LEN);
    new_bytes = (char *)malloc(LEN);
    for (i = 0; i < LEN; i++) {
        noise = noise * 1103515245 + 12345;
        old_bytes[i] = new_bytes[i] = (char)(noise >> 24);
    }
    for (i = 50000; i < LEN; i += 100000)
        new_bytes[i]++;
    for (i = 1000000; i < 1100000; i++)
        new_bytes[i] = (char)(i * i >> 7);
    seals_and_threads();
    limits_and_cancel();
    time_limit();
    what_is_refused();
    puts("all as asked for");
    free(old_bytes);
    free(new_bytes);
    return 0;
}
