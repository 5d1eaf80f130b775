/* Whole files, verified: seals, limits, progress, and Ctrl-C.
 *
 *     cc verified_files.c -o verified_files -lrsync
 *     ./verified_files OLD NEW        makes NEW.sig, NEW.delta and NEW.again
 */

#include <rollsync.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rollsync_cancel_t *stop;

static void on_interrupt(int number) {
    (void)number;
    rollsync_cancel(stop);
}

static void progress(void *opaque, uint64_t bytes_in, uint64_t bytes_out) {
    uint64_t *seen = (uint64_t *)opaque;
    seen[0] = bytes_in;
    seen[1] = bytes_out;
}

static FILE *opened(char const *name, char const *suffix, char const *mode) {
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s%s", name, suffix);
    file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void check(rs_result result, char const *step) {
    if (result != RS_DONE) {
        fprintf(stderr, "%s: %s\n", step, rs_strerror(result));
        exit(1);
    }
}

int main(int argc, char **argv) {
    FILE *old_file, *new_file, *sums, *delta, *again;
    rs_signature_t *signature;
    rollsync_file_options_t options;
    rollsync_limits_t limits;
    rollsync_seal_t seal;
    uint64_t seen[2] = {0, 0};

    if (argc != 3) {
        fprintf(stderr, "usage: %s OLD NEW\n", argv[0]);
        return 2;
    }
    stop = rollsync_cancel_new();
    signal(SIGINT, on_interrupt);

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.seal = ROLLSYNC_SEAL;
    options.threads = 2;
    options.cancel = stop;
    options.progress_cb = progress;
    options.progress_opaque = seen;

    old_file = opened(argv[1], "", "rb");
    sums = opened(argv[2], ".sig", "wb+");
    check(rollsync_sig_file(old_file, sums, 0, 0, (rs_magic_number)0, NULL, &options), "signature");
    printf("signature: %lu bytes in, %lu out\n", (unsigned long)seen[0], (unsigned long)seen[1]);

    rewind(sums);
    check(rollsync_loadsig_file(sums, &signature, NULL, &options), "signature");
    check(rs_build_hash_table(signature), "index");
    new_file = opened(argv[2], "", "rb");
    delta = opened(argv[2], ".delta", "wb+");
    options.profile = "compact";
    check(rollsync_delta_file(signature, new_file, delta, NULL, &options), "delta");
    printf("delta: %lu bytes in, %lu out\n", (unsigned long)seen[0], (unsigned long)seen[1]);
    rs_free_sumset(signature);

    /* As if the delta came from a stranger: it must be sealed, and may not write more than is expected, nor for ever. */
    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    limits.output = (uint64_t)1 << 30;
    options.limits = &limits;
    options.milliseconds = 60000;
    options.seal = ROLLSYNC_SEAL_REQUIRED;
    seal.size = sizeof seal;
    options.found = &seal;
    rewind(delta);
    again = opened(argv[2], ".again", "wb");
    check(rollsync_patch_file(old_file, delta, again, NULL, &options), "patch");
    printf("verified: %lu bytes from a basis of %lu\n", (unsigned long)seal.new_len, (unsigned long)seal.basis_len);

    /* Late write errors show when a file is closed. */
    if (fclose(sums) != 0 || fclose(delta) != 0 || fclose(again) != 0) {
        perror("close");
        return 1;
    }
    fclose(old_file);
    fclose(new_file);
    rollsync_cancel_free(stop);
    return 0;
}
