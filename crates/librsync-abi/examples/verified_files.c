/* Whole files, verified: seals, limits, progress, and Ctrl-C. A file that is not whole and right never bears its name.
 *
 *     cc verified_files.c -o verified_files -lrsync
 *     ./verified_files delta OLD NEW DELTA
 *     ./verified_files patch OLD DELTA NEW
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

static FILE *opened(char const *name, char const *mode) {
    FILE *file = fopen(name, mode);
    if (!file) {
        perror(name);
        exit(1);
    }
    return file;
}

/* A file under another name until it is known to be good. */
typedef struct {
    FILE *file;
    char const *name;
    char part[4096];
} output_t;

static void begin(output_t *output, char const *name) {
    int len = snprintf(output->part, sizeof output->part, "%s.part", name);
    if (len < 0 || (size_t)len >= sizeof output->part) {
        fprintf(stderr, "%s: too long a name\n", name);
        exit(1);
    }
    output->name = name;
    output->file = opened(output->part, "wb");
}

/* Gives the file its name, or removes it; whether all went well. Late write errors show when it is closed. */
static int finish(output_t *output, rs_result result) {
    int is_closed = fclose(output->file) == 0;
    if (result != RS_DONE) {
        fprintf(stderr, "%s: %s\n", output->name, rs_strerror(result));
    } else if (is_closed && rename(output->part, output->name) == 0) {
        return 1;
    } else {
        perror(output->part);
    }
    remove(output->part);
    return 0;
}

static int make_delta(char const *old_name, char const *new_name, char const *delta_name,
                      rollsync_file_options_t *options) {
    FILE *old_file = opened(old_name, "rb"), *new_file = opened(new_name, "rb"), *sums = tmpfile();
    rs_signature_t *signature = NULL;
    output_t delta;
    rs_result result;

    if (!sums) {
        perror("tmpfile");
        return 0;
    }
    begin(&delta, delta_name);
    options->seal = ROLLSYNC_SEAL;
    options->threads = 2;
    options->profile = "compact";
    result = rollsync_sig_file(old_file, sums, 0, 0, (rs_magic_number)0, NULL, options);
    rewind(sums);
    if (result == RS_DONE)
        result = rollsync_loadsig_file(sums, &signature, NULL, options);
    if (result == RS_DONE)
        result = rs_build_hash_table(signature);
    if (result == RS_DONE)
        result = rollsync_delta_file(signature, new_file, delta.file, NULL, options);
    rs_free_sumset(signature);
    fclose(old_file);
    fclose(new_file);
    fclose(sums);
    return finish(&delta, result);
}

/* As if the delta came from a stranger: it must be sealed, and may not write more than is expected, nor for ever. */
static int make_new(char const *old_name, char const *delta_name, char const *new_name,
                    rollsync_file_options_t *options) {
    FILE *old_file = opened(old_name, "rb"), *delta = opened(delta_name, "rb");
    rollsync_limits_t limits;
    rollsync_seal_t seal;
    output_t new_file;
    rs_result result;

    begin(&new_file, new_name);
    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    limits.output = (uint64_t)1 << 30;
    options->limits = &limits;
    options->milliseconds = 60000;
    options->seal = ROLLSYNC_SEAL_REQUIRED;
    seal.size = sizeof seal;
    options->found = &seal;
    result = rollsync_patch_file(old_file, delta, new_file.file, NULL, options);
    fclose(old_file);
    fclose(delta);
    if (!finish(&new_file, result))
        return 0;
    printf("verified: %lu bytes from a basis of %lu\n", (unsigned long)seal.new_len, (unsigned long)seal.basis_len);
    return 1;
}

int main(int argc, char **argv) {
    rollsync_file_options_t options;
    struct sigaction action;
    uint64_t seen[2] = {0, 0};
    int is_patch, is_done;

    if (argc != 5 || (strcmp(argv[1], "delta") != 0 && strcmp(argv[1], "patch") != 0)) {
        fprintf(stderr, "usage: %s delta OLD NEW DELTA\n       %s patch OLD DELTA NEW\n", argv[0], argv[0]);
        return 2;
    }
    /* Without SA_RESTART, so that a read which waits is woken. */
    stop = rollsync_cancel_new();
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, NULL);

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.cancel = stop;
    options.progress_cb = progress;
    options.progress_opaque = seen;
    is_patch = strcmp(argv[1], "patch") == 0;
    is_done = (is_patch ? make_new : make_delta)(argv[2], argv[3], argv[4], &options);
    if (is_done)
        printf("%s: %lu bytes in, %lu out\n", argv[1], (unsigned long)seen[0], (unsigned long)seen[1]);
    rollsync_cancel_free(stop);
    return is_done ? 0 : 1;
}
